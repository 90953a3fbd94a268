//! Letters in data, and those of the platforms.

use super::*;

/// After the fields that interfaces of letter-boxes are described to have.
#[test]
fn letters_in_data() {
    let capital = r#"{"mailList":[{"letter_type":"咨询","letter_title":"关于公租房申请的咨询","create_date":"2017-11-02 09:00:00","isReply":"1","org_id":"110102"},
        {"letter_title":"关于积分落户的咨询","create_date":"2017-06-01","isReply":"0","org_id":""}]}"#;
    let padded = r#"callback({"rows":[{"messageType":"咨询","title":"行李托运有关规定咨询","createDate":1509588000000,"feedbackDate":1509933600000,"feedback":"您好，请参照有关规定。"}]});"#;
    let listed = r#"[{"title":"食品标签问题咨询","pubtime":"2017-11-01","status":3}]"#;
    for (text, rows) in [
        (
            capital,
            vec![
                ("关于公租房申请的咨询", "2017-11-02", "", "answered"),
                ("关于积分落户的咨询", "2017-06-01", "", "open"),
            ],
        ),
        (
            padded,
            vec![(
                "行李托运有关规定咨询",
                "2017-11-02",
                "2017-11-06",
                "answered",
            )],
        ),
        (listed, vec![("食品标签问题咨询", "2017-11-01", "", "")]),
        ("{\"mailList\":[]}", vec![]),
        ("{\"mailList\":[", vec![]),
        (
            "[[[[[[[[[[[[[[[[[[[[[[{\"title\":\"深\",\"isReply\":1}]]",
            vec![],
        ),
    ] {
        assert_eq!(
            shown(&list(&page(text), None, today())),
            expected(&rows),
            "{text}"
        );
    }
}

/// The rules of a preset, and the shape that public programs expect of its platform's answer.
#[test]
fn letters_of_the_platforms() {
    let capital = r#"{"PageCond":{"begin":0,"count":7,"title":"不是来信","isReply":"0"},"mailList":[
        {"letter_type":"咨询","original_id":"AH211100","letter_title":"关于公租房申请的咨询","create_date":"2017-11-02 09:00:00","isReply":true,"org_id":"某委","catalog_id":"住房"},
        {"letter_type":"建议","original_id":"AH211101","letter_title":"关于路灯的建议","create_date":"2017-06-01 10:00:00","isReply":false,"org_id":"","catalog_id":""}]}"#;
    let market = r#"{"data":{"count":"2","data":[
        {"zj":"a1","lybt":"食品标签问题咨询","lyr":"王**","lysj":"2017-10-20 09:11:12","lynr":"请问如何标注？","fzsjCn":"某司","pubtime":"2017-11-01","clyj":"您好，请参照国家标准。"},
        {"zj":"a2","lybt":"登记注册问题咨询","lyr":"李**","lysj":"2017-10-25 09:11:12","lynr":"请问如何登记？","fzsjCn":"某局","pubtime":"","clyj":""}]}}"#;
    let aviation = r#"jsonp_messageBoard_getList({"returnData":{"root":[
        {"id":77,"infoMess":"请问<em>托运</em>有何规定？","messageType":"托运","gname":"张**","createDate":"2017-11-02 10:00:00","feedbackName":"运输司","feedbackDate":"2017-11-06 11:00:00"}]}})"#;
    let hanweb = r#"totalRecord=2;dataStore = ["<tr><td>20171102001</td><td><a href='mailpubdetail.do?transactId=1&sysid=84'>关于道路积水的咨询</a></td><td>已回复</td><td>2017-11-02</td><td>12</td></tr>","<tr><td>20171108002</td><td><a href='mailpubdetail.do?transactId=2&sysid=84'>关于公交线路的咨询</a></td><td>未回复</td><td>2017-11-08</td><td>3</td></tr>"];"#;
    let of = |preset: &str, text: &str| {
        let json = crate::domain::reading_rules::Preset::ALL
            .into_iter()
            .find(|known| known.key() == preset)
            .map(Json::Preset);
        let rules = ReadRules {
            json,
            ..ReadRules::default()
        };
        assert!(rules.json.is_some(), "{preset}");
        let letters = list(&page(text), Some(&rules), today());
        let urls = letters
            .iter()
            .map(|letter| letter.url.clone().unwrap_or_default());
        let urls: Vec<String> = urls
            .map(|url| url.trim_start_matches("http://www.example.cn").to_owned())
            .collect();
        (shown(&letters), urls)
    };
    let (letters, urls) = of("beijing-letters", capital);
    assert_eq!(
        letters,
        expected(&[
            ("关于公租房申请的咨询", "2017-11-02", "", "answered"),
            ("关于路灯的建议", "2017-06-01", "", "open"),
        ])
    );
    let detail = "/zmhd/xx/com.web.suggest.suggesDetail.flow?originalId=AH2111";
    assert_eq!(urls, [format!("{detail}00"), format!("{detail}01")]);
    let (letters, urls) = of("samr-letters", market);
    assert_eq!(
        letters,
        expected(&[
            ("食品标签问题咨询", "2017-10-20", "2017-11-01", "answered"),
            ("登记注册问题咨询", "2017-10-25", "", "open"),
        ])
    );
    assert_eq!(urls, ["", ""], "they have no pages of their own");
    let (letters, urls) = of("caac-letters", aviation);
    let row = ("请问托运有何规定？", "2017-11-02", "2017-11-06", "answered");
    assert_eq!(letters, expected(&[row]));
    assert_eq!(urls, ["/index_180.html?info=77&type=id"]);
    let (letters, urls) = of("jact", hanweb);
    assert_eq!(
        letters,
        expected(&[
            ("关于道路积水的咨询", "", "", "answered"),
            ("关于公交线路的咨询", "2017-11-08", "", "open"),
        ])
    );
    let detail = |n| format!("/zmhd/xx/mailpubdetail.do?transactId={n}&sysid=84");
    assert_eq!(urls, [detail(1), detail(2)]);
    // What is laid down is not guessed beside.
    assert_eq!(of("caac-letters", capital).0, []);
}
