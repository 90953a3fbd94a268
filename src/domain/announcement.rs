//! Titles that announce what is still to take place. An interview that is announced is none that was
//! held, whatever day stands beside it.

/// The word of an announcement.
const ANNOUNCES: &str = "预告";
/// Words with the same characters in which nothing is announced: a registration of property, a film.
const OTHERWISE: [&str; 2] = ["预告登记", "预告片"];
/// Words of what was held; pages show both under one title.
const HELD: [&str; 3] = ["实录", "回顾", "文字稿"];

/// Whether a title says that what it names was held.
pub fn is_record(title: &str) -> bool {
    HELD.iter().any(|word| title.contains(word))
}

/// Whether a title announces, and tells of nothing that was held.
pub fn announces(title: &str) -> bool {
    let mut bare = title.to_owned();
    for word in OTHERWISE {
        bare = bare.replace(word, "");
    }
    bare.contains(ANNOUNCES) && !is_record(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_announced_is_told_from_what_was_held() {
        let cases = [
            ("【预告】科信委主任谈科技创新政策", true),
            ("在线访谈预告：走进西城科技园", true),
            ("下期访谈预告", true),
            ("科信委主任谈科技创新政策", false),
            ("访谈预告及实录：走进西城科技园", false),
            ("不动产预告登记政策解读访谈", false),
            ("访谈预告：不动产预告登记怎么办", true),
            ("天气预报怎样做出来", false),
            ("", false),
        ];
        for (title, expected) in cases {
            assert_eq!(announces(title), expected, "{title}");
        }
    }
}
