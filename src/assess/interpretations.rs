//! Whether an interpretation is one of a policy document, by their titles: what stands in 《》, or is
//! left of a title without the words that make it an interpretation.

/// From how many characters a title is no accident within another one.
const LEAST: usize = 6;
/// The same, where it does not stand in 《》.
const LEAST_BARE: usize = 8;
/// Words at the ends of titles of interpretations; longer ones first.
const ENDS: [&str; 16] = [
    "有关情况的解读",
    "的政策解读",
    "的起草说明",
    "的图文解读",
    "政策解读",
    "文字解读",
    "图文解读",
    "专家解读",
    "起草说明",
    "的解读",
    "图解",
    "解读",
    "问答",
    "一图读懂",
    "的说明",
    "的通知",
];
const BEGINS: [&str; 9] = [
    "一图读懂",
    "一图看懂",
    "图文解读",
    "政策解读",
    "专家解读",
    "图解",
    "解读",
    "关于印发",
    "关于",
];

/// Words of a notice that documents hold no more.
const REPEALS: [&str; 4] = ["废止", "失效", "停止执行", "停止施行"];
/// The same, where they begin the name of what is decided.
const NAMED_REPEALS: [&str; 4] = ["关于废止", "关于宣布", "关于停止执行", "关于停止施行"];
/// Ends of the names of documents that lay down how documents are made and repealed.
const RULES: [&str; 5] = ["办法", "规定", "细则", "条例", "规则"];

/// A title as titles are compared: without brackets, signs, white space and 中华人民共和国.
pub fn normalised(title: &str) -> String {
    let kept: String = title.chars().filter(|c| c.is_alphanumeric()).collect();
    kept.replace("中华人民共和国", "")
}

/// What stands in 《》 within a title, the outermost, normalised.
pub fn quoted(title: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut name) = (0_u32, String::new());
    for c in title.chars() {
        match c {
            '《' => depth += 1,
            '》' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    names.push(normalised(&std::mem::take(&mut name)));
                }
            }
            c if depth > 0 => name.push(c),
            _ => {}
        }
    }
    names
}

/// Whether a title is that of a notice by which documents cease to hold, or tells of one: that says
/// nothing of what they mean, and needs no interpretation as they do.
pub fn repeals(title: &str) -> bool {
    let (mut depth, mut outer) = (0_u32, String::new());
    for c in title.chars() {
        match c {
            '《' => depth += 1,
            '》' => depth = depth.saturating_sub(1),
            c if depth == 0 => outer.push(c),
            _ => {}
        }
    }
    let outer = core(&outer);
    let says = |text: &str| REPEALS.iter().any(|word| text.contains(word));
    let is_rule = |text: &str| RULES.iter().any(|end| text.ends_with(end));
    let named = |name: &String| says(name) && NAMED_REPEALS.iter().any(|word| name.contains(word));
    (says(&outer) && !is_rule(&outer)) || quoted(title).iter().any(named)
}

/// A title without the words of an interpretation at its ends, normalised.
fn core(title: &str) -> String {
    let mut core = normalised(title);
    for _ in 0..4 {
        let shorter = ENDS
            .iter()
            .find_map(|end| core.strip_suffix(end))
            .or_else(|| BEGINS.iter().find_map(|begin| core.strip_prefix(begin)));
        match shorter {
            Some(shorter) => core = shorter.to_owned(),
            None => break,
        }
    }
    core
}

/// Whether `interpretation` is titled as one of the document titled `policy`.
pub fn interprets(interpretation: &str, policy: &str) -> bool {
    let whole = normalised(policy);
    let within = |name: &str, least: usize| name.chars().count() >= least && whole.contains(name);
    let names = quoted(interpretation);
    if !names.is_empty() {
        let own = quoted(policy);
        let is_same = |name: &String| {
            // The name of a whole notice, whose own name stands in it: 《关于印发〈办法〉的通知》.
            let inner = own
                .iter()
                .any(|own| own.chars().count() >= LEAST && name.contains(own.as_str()));
            within(name, LEAST) || inner
        };
        return names.iter().any(is_same);
    }
    within(&core(interpretation), LEAST_BARE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_matched_whatever_their_brackets() {
        let policy = "西城区人民政府关于印发《北京市西城区科技创新专项资金管理办法》的通知";
        let cases = [
            ("《北京市西城区科技创新专项资金管理办法》政策解读", true),
            ("一图读懂：《西城区科技创新专项资金管理办法》", true),
            (
                "关于《关于印发〈北京市西城区科技创新专项资金管理办法〉的通知》的解读",
                true,
            ),
            (
                "《关于印发<北京市西城区科技创新专项资金管理办法>的通知》解读",
                true,
            ),
            ("西城区科技创新专项资金管理办法解读", true),
            ("【图解】西城区科技创新专项资金管理办法", true),
            ("《北京市西城区知识产权资助办法》政策解读", false),
            ("政策解读", false),
            ("《管理办法》解读", false),
            ("资金管理办法解读", false),
            ("", false),
        ];
        for (title, expected) in cases {
            assert_eq!(interprets(title, policy), expected, "{title}");
        }
        let law = "中华人民共和国科学技术进步法实施细则";
        assert!(interprets("《科学技术进步法 实施细则》解读", law));
        assert!(!interprets("《实施细则》解读", law));
    }

    #[test]
    fn a_notice_of_repeal_is_told_from_what_it_repeals() {
        let cases = [
            (
                "关于废止《北京市西城区科技创新专项资金管理办法》的公告",
                true,
            ),
            (
                "《关于废止〈西城区科技创新专项资金管理办法〉的决定》政策解读",
                true,
            ),
            ("关于宣布失效一批行政规范性文件的通知", true),
            ("关于公布继续有效、废止和失效的规范性文件目录的公告", true),
            ("《西城区科技创新专项资金管理办法》停止执行的公告", true),
            ("西城区科技创新专项资金管理办法", false),
            ("关于印发《行政规范性文件制定和废止管理办法》的通知", false),
            ("行政规范性文件制定和废止管理办法", false),
            ("《行政规范性文件制定和废止管理办法》政策解读", false),
            ("行政规范性文件制定和废止管理办法政策解读", false),
            ("", false),
        ];
        for (title, expected) in cases {
            assert_eq!(repeals(title), expected, "{title}");
        }
    }

    #[test]
    fn a_policy_without_a_name_of_its_own_is_matched_as_a_whole() {
        let policy = "关于进一步加强科技企业孵化器建设的若干意见";
        assert!(interprets(
            "《关于进一步加强科技企业孵化器建设的若干意见》的政策解读",
            policy
        ));
        assert!(interprets(
            "关于进一步加强科技企业孵化器建设的若干意见的政策解读",
            policy
        ));
        assert!(!interprets(
            "关于加强住房保障建设的若干意见的政策解读",
            policy
        ));
    }
}
