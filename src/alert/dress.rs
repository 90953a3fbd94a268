//! The words of what carries no notices, in the dress of the route by which they go: the line of a quiet
//! day, and what is told of the monitor's own clock.

use super::outbox::Message;
use super::rules::AlertRules;
use crate::domain::group::Route;

/// `line` as it is sent by `route`: gateways want the signature in front, and a mail says what it is.
pub fn dressed(line: &str, route: Route, rules: &AlertRules) -> String {
    let signature = &rules.signature;
    match route {
        Route::Sms | Route::Robot => format!("【{signature}】{line}"),
        Route::Mail => format!("{line}\n\n【{signature}】本邮件由系统自动发送。\n"),
    }
}

/// `message` in the dress of its route, where it carries no notices and its line is known; else as it is.
pub fn by_its_route(message: Message, rules: &AlertRules) -> Message {
    match message.words.values.get("why") {
        Some(line) if message.notices.is_empty() => Message {
            text: dressed(line, message.route, rules),
            ..message
        },
        _ => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::fixture::message;

    #[test]
    fn a_line_is_dressed_for_the_route_by_which_it_goes() {
        let rules = AlertRules::default();
        let (mut word, _) = message(&["a"], &rules);
        let carried = by_its_route(word.clone(), &rules);
        assert_eq!(carried, word, "what carries notices has words of its own");
        word.notices.clear();
        word.words.values = [("why".to_owned(), "昨日运行正常。".to_owned())].into();
        word.text = dressed("昨日运行正常。", Route::Mail, &rules);
        let table = [
            (Route::Sms, "【网巡】昨日运行正常。"),
            (
                Route::Mail,
                "昨日运行正常。\n\n【网巡】本邮件由系统自动发送。\n",
            ),
        ];
        for (route, text) in table {
            word.route = route;
            assert_eq!(by_its_route(word.clone(), &rules).text, text);
        }
        word.words.values.clear();
        assert_eq!(by_its_route(word.clone(), &rules), word);
    }
}
