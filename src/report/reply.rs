//! What transports said, in Chinese as far as it is of a known kind. What a gateway or a server said
//! itself, codes and words, stays as it came.

/// Whole sentences.
const WHOLE: [(&str, &str); 11] = [
    (
        "the gateway gave no answer in time",
        "网关未在规定时间内应答",
    ),
    ("the gateway cannot be reached", "无法连接网关"),
    (
        "the mail server did not answer in time",
        "邮件服务器未在规定时间内应答",
    ),
    ("the mail address cannot be read", "邮箱地址无法识别"),
    ("the mail cannot be composed", "邮件无法生成"),
    (
        "the person has no contact for this route",
        "该人员没有此渠道的号码或地址",
    ),
    (
        "no transport is configured for this route",
        "此渠道没有配置",
    ),
    (
        "the message holds no fields for a template",
        "消息没有模板所需的内容",
    ),
    ("the message cannot be written as JSON", "消息无法写成JSON"),
    ("the key is no header value", "消息编号不能写入请求头"),
    ("spool: the writer broke off", "消息文件写入中断"),
];

/// A beginning, its Chinese, and how the rest is told.
type Beginning = (&'static str, &'static str, fn(&str) -> String);

/// Beginnings, whose rest is told besides.
const BEGINNINGS: [Beginning; 6] = [
    ("the gateway cannot be reached: ", "无法连接网关：", cause),
    ("the gateway answered ", "网关应答", answer),
    ("the gateway reports ", "网关回执：", str::to_owned),
    ("the receiver answered ", "接收端应答", str::to_owned),
    ("mail server: ", "邮件服务器：", mail),
    (
        "no template is approved for ",
        "没有报备的模板：",
        str::to_owned,
    ),
];

/// What was wrong with the body of an answer.
const BODIES: [(&str, &str); 6] = [
    ("without a code", "没有返回码"),
    ("its body did not end in time", "内容未在规定时间内收完"),
    ("its body was not read", "内容未读取"),
    ("its body broke off", "内容中断"),
    ("its body is longer than 64 KiB", "内容超过64KiB"),
    ("its body is not JSON", "内容不是JSON"),
];

/// What systems say of a connection or a disk; the first that stands in the text.
const CAUSES: [(&str, &str); 16] = [
    ("connection refused", "连接被拒绝"),
    ("connection reset", "连接被对方中断"),
    ("connection closed", "连接被对方关闭"),
    ("unexpected end of file", "连接被对方关闭"),
    ("broken pipe", "连接被对方关闭"),
    ("no route to host", "网络不通"),
    ("network is unreachable", "网络不通"),
    ("failed to lookup address", "域名无法解析"),
    ("dns error", "域名无法解析"),
    ("timed out", "超时"),
    ("deadline has elapsed", "超时"),
    ("certificate", "证书无效"),
    ("no space left", "磁盘空间不足"),
    ("permission denied", "没有写入权限"),
    ("no such file or directory", "目录不存在"),
    ("read-only file system", "文件系统只读"),
];

/// What a transport said, in Chinese where it is of a known kind.
pub fn in_chinese(said: &str) -> String {
    let whole = WHOLE.iter().find(|(english, _)| *english == said);
    if let Some((_, chinese)) = whole {
        return (*chinese).to_owned();
    }
    if let Some(rest) = said.strip_prefix("spool: ") {
        return format!("消息文件写入失败：{}", cause(rest));
    }
    let mut known = BEGINNINGS.iter().filter_map(|(english, chinese, rest)| {
        let rest = rest(said.strip_prefix(english)?);
        Some(format!("{chinese}{rest}"))
    });
    known.next().unwrap_or_else(|| said.to_owned())
}

/// `503, its body is not JSON`, `200, "1001" at /code`.
fn answer(said: &str) -> String {
    let Some((status, rest)) = said.split_once(", ") else {
        return said.to_owned();
    };
    let body = BODIES.iter().find(|(english, _)| *english == rest);
    let rest = match (
        body,
        rest.strip_prefix("nothing at "),
        rest.rsplit_once(" at /"),
    ) {
        (Some((_, chinese)), _, _) => (*chinese).to_owned(),
        (_, Some(pointer), _) => format!("没有{pointer}"),
        (_, _, Some((told, pointer))) => format!("/{pointer}为{told}"),
        _ => rest.to_owned(),
    };
    format!("{status}，{rest}")
}

/// What a mail server, or the way to it, came to: `permanent error (550): no such user`.
fn mail(said: &str) -> String {
    let (kind, rest) = said.split_once(": ").unwrap_or((said, ""));
    let code = |kind: &str| {
        let code = kind.split_once('(')?.1.strip_suffix(')')?;
        Some(code.to_owned())
    };
    let (kind, rest) = match kind {
        _ if kind.starts_with("permanent error") => (
            format!("拒收（{}）", code(kind).unwrap_or_default()),
            rest.to_owned(),
        ),
        _ if kind.starts_with("transient error") => (
            format!("暂不接收（{}）", code(kind).unwrap_or_default()),
            rest.to_owned(),
        ),
        "Connection error" | "network error" => ("连接失败".to_owned(), cause(rest)),
        "tls error" => ("加密连接失败".to_owned(), cause(rest)),
        "response error" => ("应答无法识别".to_owned(), rest.to_owned()),
        _ => return said.to_owned(),
    };
    match rest.is_empty() {
        true => kind,
        false => format!("{kind}：{rest}"),
    }
}

/// What a system says, with its own words where they are of no known kind.
fn cause(said: &str) -> String {
    let lower = said.to_lowercase();
    let known = CAUSES.iter().find(|(english, _)| lower.contains(english));
    known.map_or_else(|| said.to_owned(), |(_, chinese)| (*chinese).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_told_in_chinese_and_the_gateways_own_words_are_kept() {
        let rows = [
            (
                "the gateway gave no answer in time",
                "网关未在规定时间内应答",
            ),
            (
                "the gateway cannot be reached: Connection refused (os error 111)",
                "无法连接网关：连接被拒绝",
            ),
            ("the gateway cannot be reached: odd", "无法连接网关：odd"),
            ("the gateway answered 503", "网关应答503"),
            (
                "the gateway answered 502, its body is not JSON",
                "网关应答502，内容不是JSON",
            ),
            (
                "the gateway answered 200, \"1001\" at /code",
                "网关应答200，/code为\"1001\"",
            ),
            (
                "the gateway answered 200, nothing at /code",
                "网关应答200，没有/code",
            ),
            (
                "the gateway answered 200, isv.MOBILE_NUMBER_ILLEGAL: 号码 at fault",
                "网关应答200，isv.MOBILE_NUMBER_ILLEGAL: 号码 at fault",
            ),
            ("the gateway reports UNDELIV 空号", "网关回执：UNDELIV 空号"),
            ("the receiver answered 404", "接收端应答404"),
            (
                "mail server: permanent error (550): no such user",
                "邮件服务器：拒收（550）：no such user",
            ),
            (
                "mail server: transient error (451)",
                "邮件服务器：暂不接收（451）",
            ),
            (
                "mail server: Connection error: Connection refused (os error 111)",
                "邮件服务器：连接失败：连接被拒绝",
            ),
            (
                "spool: No space left on device (os error 28)",
                "消息文件写入失败：磁盘空间不足",
            ),
            ("号码有误", "号码有误"),
            ("anything else", "anything else"),
        ];
        for (english, chinese) in rows {
            assert_eq!(in_chinese(english), chinese, "{english}");
        }
    }
}
