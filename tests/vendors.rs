//! Gateways and robots of vendors, over real sockets: each is played by a server that proves the
//! signature by an implementation of its own, refuses what is wrongly signed, and answers with the
//! vendor's codes.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use wangxun::alert::outbox::{Message, Words};
use wangxun::deliver::courier::{Attempt, Courier};
use wangxun::domain::group::Route;
use wangxun::domain::time::{Moment, moment};
use wangxun::domain::transport::{Rate, SmsTransport, Transports};
use wangxun::domain::vendor::{Aliyun, Approved, Mas, Robot, RobotKind, Templates, Tencent};

#[path = "support/letter.rs"]
mod letter;
#[path = "support/vendor.rs"]
mod vendor;

use letter::{HOSTILE, PHONE, person};
use vendor::{Request, Vendor};

const ID: &str = "test-id";
const SECRET: &str = "s3cr3t-key-0f-a-test";

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

/// An instant of no special kind; the signatures are made for it.
fn now() -> Moment {
    moment("2017-11-14T09:00:05".parse().expect("an instant"))
}

/// A message of one notice, with a name that tries to leave its field.
fn message() -> Message {
    let values = [
        ("site", HOSTILE),
        ("column", "工作动态"),
        ("overdue_days", "3"),
    ];
    Message {
        words: Words {
            wording: "overdue".to_owned(),
            values: values
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        },
        ..letter::message("【网巡】“工作动态”栏目超期3天，请立即更新。")
    }
}

fn approved(code: &str, params: &[(&str, &str)]) -> Approved {
    let pairs = params
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    Approved {
        code: code.to_owned(),
        named: params.iter().all(|(name, _)| name.parse::<u8>().is_err()),
        params: pairs.collect(),
    }
}

fn templates(params: &[(&str, &str)]) -> Templates {
    Templates {
        by_wording: BTreeMap::from([("overdue".to_owned(), approved("T-1", params))]),
        default: None,
        longest_value: 12,
    }
}

fn courier(sms: SmsTransport) -> Courier {
    // A second installation in this process is refused, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let transports = Transports {
        sms: Some(sms),
        ..Transports::default()
    };
    Courier::new(&transports, "wangxun/test").expect("a courier")
}

fn aliyun(vendor: &Vendor, key: &str) -> Courier {
    let params = [
        ("site", "{site}"),
        ("column", "{column}"),
        ("days", "{overdue_days}天"),
        ("unit", "{unit}"),
    ];
    courier(SmsTransport::Aliyun(Box::new(Aliyun {
        url: vendor.url("/"),
        access_key_id: ID.to_owned(),
        access_key_secret: secret(key),
        sign_name: "西城网巡".to_owned(),
        templates: templates(&params),
        timeout: Duration::from_secs(20),
    })))
}

fn tencent(vendor: &Vendor, key: &str) -> Courier {
    let params = [("1", "{site}"), ("2", "{column}"), ("3", "{overdue_days}")];
    courier(SmsTransport::Tencent(Box::new(Tencent {
        url: vendor.url("/"),
        region: "ap-guangzhou".to_owned(),
        secret_id: ID.to_owned(),
        secret_key: secret(key),
        app_id: "1400006666".to_owned(),
        sign_name: "西城网巡".to_owned(),
        templates: templates(&params),
        timeout: Duration::from_secs(20),
    })))
}

fn mas(vendor: &Vendor, key: &str, templates: Option<Templates>) -> Courier {
    courier(SmsTransport::Mas(Box::new(Mas {
        url: vendor.url("/sms/norsubmit"),
        ec_name: "政企分公司测试".to_owned(),
        ap_id: ID.to_owned(),
        secret_key: secret(key),
        send_secret_key: false,
        sign: "DWItALe3A".to_owned(),
        add_serial: "01".to_owned(),
        templates,
        timeout: Duration::from_secs(20),
    })))
}

async fn send(courier: &Courier, message: &Message) -> Attempt {
    let attempt = courier.send(&person(), message, now()).await;
    if let Attempt::Failed { error, .. } = &attempt {
        for hidden in [PHONE, "10000000001", SECRET] {
            assert!(!error.contains(hidden), "{error}");
        }
        assert!(!error.contains(char::is_control), "{error:?}");
    }
    attempt
}

/// How an attempt ended, in one line.
fn told(attempt: Attempt) -> String {
    match attempt {
        Attempt::Accepted { receipt } => format!("accepted {}", receipt.unwrap_or_default()),
        Attempt::Failed {
            permanent,
            error,
            retry_after,
            ..
        } => {
            let wait = retry_after.map(|wait| format!(" +{}s", wait.as_secs()));
            let good = if permanent { "for good" } else { "for now" };
            format!("{good}{}: {error}", wait.unwrap_or_default())
        }
    }
}

/// A vendor that gives one answer whatever it is asked.
async fn parrot(status: u16, body: impl Into<String>) -> Vendor {
    let body = body.into();
    Vendor::serve(move |_| (status, body.clone())).await
}

#[test]
fn the_servers_know_the_published_examples() {
    let request = |target: &str, body: &str, headers: &[(&str, &str)]| Request {
        method: "POST".to_owned(),
        target: target.to_owned(),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.to_owned(),
    };
    let alibaba = request(
        "/?ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai",
        "",
        &[
            ("host", "ecs.cn-shanghai.aliyuncs.com"),
            ("x-acs-action", "RunInstances"),
            (
                "x-acs-content-sha256",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            ("x-acs-date", "2023-10-26T10:22:32Z"),
            ("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"),
            ("x-acs-version", "2014-05-26"),
            (
                "authorization",
                "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;\
                 x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=\
                 06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
            ),
        ],
    );
    let key = "YourAccessKeySecret";
    assert!(vendor::is_signed_acs3(&alibaba, "YourAccessKeyId", key));
    assert!(!vendor::is_signed_acs3(
        &alibaba,
        "YourAccessKeyId",
        "other"
    ));
    let tencent = request(
        "/",
        r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#,
        &[
            ("host", "cvm.tencentcloudapi.com"),
            ("content-type", "application/json; charset=utf-8"),
            ("x-tc-timestamp", "1551113065"),
            (
                "authorization",
                "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/cvm/tc3_request, \
                 SignedHeaders=content-type;host, Signature=\
                 72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
            ),
        ],
    );
    let key = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";
    assert!(vendor::is_signed_tc3(&tencent, "cvm", "AKIDEXAMPLE", key));
    assert!(!vendor::is_signed_tc3(&tencent, "sms", "AKIDEXAMPLE", key));
    let webhook = request(
        "/",
        r#"{"test": 2432232314}"#,
        &[
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            (
                "webhook-signature",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ),
        ],
    );
    let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assert!(vendor::is_signed_webhook(&webhook, key));
    assert!(!vendor::is_signed_webhook(&webhook, "whsec_AAAA"));
}

#[tokio::test]
async fn alibaba_cloud_takes_what_is_signed_and_refuses_what_is_not() {
    let vendor = Vendor::serve(
        |request| match vendor::is_signed_acs3(request, ID, SECRET) {
            true => (
                200,
                r#"{"Code":"OK","Message":"OK","BizId":"900619746936498440^0"}"#.to_owned(),
            ),
            false => (
                400,
                r#"{"Code":"SignatureDoesNotMatch","Message":"not yours"}"#.to_owned(),
            ),
        },
    )
    .await;
    let attempt = send(&aliyun(&vendor, SECRET), &message()).await;
    assert_eq!(told(attempt), "accepted 900619746936498440^0");
    let request = vendor.seen().remove(0);
    let param = |name: &str| request.param(name).expect(name);
    assert_eq!(request.header("x-acs-action"), Some("SendSms"));
    assert_eq!(request.header("x-acs-version"), Some("2017-05-25"));
    assert_eq!(request.header("x-acs-date"), Some("2017-11-14T01:00:05Z"));
    assert_eq!(param("PhoneNumbers"), "10000000001");
    assert_eq!(param("SignName"), "西城网巡");
    assert_eq!(param("TemplateCode"), "T-1");
    assert_eq!(param("OutId"), message().key.as_str());
    let params: Value = serde_json::from_str(&param("TemplateParam")).expect("JSON");
    // The hostile name is cut to what the gateway takes, and what is unknown is not left empty.
    let expected = json!({
        "site": "\"},{\"phone\"…", "column": "工作动态", "days": "3天", "unit": "无",
    });
    assert_eq!(params, expected);

    let attempt = send(&aliyun(&vendor, "another"), &message()).await;
    assert_eq!(
        told(attempt),
        "for now: the gateway answered 400, SignatureDoesNotMatch: not yours"
    );
    // A second attempt is a second request, never a replay.
    let nonces: Vec<_> = vendor
        .seen()
        .iter()
        .map(|request| request.header("x-acs-signature-nonce").map(str::to_owned))
        .collect();
    let again = Message {
        attempts: 2,
        maybe_taken: false,
        unsent_since: None,
        ..message()
    };
    send(&aliyun(&vendor, SECRET), &again).await;
    let last = vendor.seen().pop().expect("a request");
    assert_ne!(nonces[0].as_deref(), last.header("x-acs-signature-nonce"));
}

#[tokio::test]
async fn the_codes_of_alibaba_cloud_are_told_apart() {
    let rows = [
        (200, "isv.MOBILE_NUMBER_ILLEGAL", "", "for good"),
        (200, "isv.BLACK_KEY_CONTROL_LIMIT", "", "for good"),
        (200, "isv.SMS_TEMPLATE_ILLEGAL", "", "for good"),
        (200, "isv.SMS_SIGNATURE_ILLEGAL", "", "for good"),
        (200, "isv.PARAM_LENGTH_LIMIT", "", "for good"),
        (
            200,
            "isv.BUSINESS_LIMIT_CONTROL",
            "触发分钟级流控Permits:1",
            "for now +60s",
        ),
        (
            200,
            "isv.BUSINESS_LIMIT_CONTROL",
            "触发小时级流控Permits:5",
            "for now +3600s",
        ),
        (
            200,
            "isv.BUSINESS_LIMIT_CONTROL",
            "触发天级流控Permits:10",
            "for now +21600s",
        ),
        (200, "isv.AMOUNT_NOT_ENOUGH", "", "for now"),
        (200, "isv.OUT_OF_SERVICE", "", "for now"),
        (200, "isp.SYSTEM_ERROR", "", "for now"),
        (404, "InvalidAccessKeyId.NotFound", "", "for now"),
        (503, "ServiceUnavailable", "", "for now"),
    ];
    for (status, code, words, expected) in rows {
        let vendor = parrot(status, json!({"Code": code, "Message": words}).to_string()).await;
        let told = told(send(&aliyun(&vendor, SECRET), &message()).await);
        let (fate, error) = told.split_once(": ").expect("an error");
        assert_eq!(fate, expected, "{code} {words}");
        assert!(error.contains(code), "{error}");
    }
}

#[tokio::test]
async fn tencent_cloud_takes_what_is_signed_and_refuses_what_is_not() {
    let vendor = Vendor::serve(|request| {
        let body = match vendor::is_signed_tc3(request, "sms", ID, SECRET) {
            true => json!({"Response": {"SendStatusSet": [{
                "SerialNo": "5000:1045710669157053657849499619", "Code": "Ok",
                "Message": "send success", "Fee": 1,
            }], "RequestId": "r"}}),
            false => json!({"Response": {"Error": {
                "Code": "AuthFailure.SignatureFailure", "Message": "not yours",
            }, "RequestId": "r"}}),
        };
        (200, body.to_string())
    })
    .await;
    let attempt = send(&tencent(&vendor, SECRET), &message()).await;
    assert_eq!(told(attempt), "accepted 5000:1045710669157053657849499619");
    let request = vendor.seen().remove(0);
    assert_eq!(request.header("x-tc-action"), Some("SendSms"));
    assert_eq!(request.header("x-tc-version"), Some("2021-01-11"));
    assert_eq!(request.header("x-tc-region"), Some("ap-guangzhou"));
    let expected = json!({
        "PhoneNumberSet": [PHONE], "SmsSdkAppId": "1400006666", "SignName": "西城网巡",
        "TemplateId": "T-1", "TemplateParamSet": ["\"},{\"phone\"…", "工作动态", "3"],
        "SessionContext": message().key.as_str(),
    });
    assert_eq!(request.json(), expected);
    let attempt = send(&tencent(&vendor, "another"), &message()).await;
    assert_eq!(
        told(attempt),
        "for now: the gateway answered 200, AuthFailure.SignatureFailure: not yours"
    );
}

#[tokio::test]
async fn the_codes_of_tencent_cloud_are_told_apart() {
    let rows = [
        ("FailedOperation.PhoneNumberInBlacklist", "for good"),
        ("FailedOperation.TemplateIncorrectOrUnapproved", "for good"),
        ("FailedOperation.SignatureIncorrectOrUnapproved", "for good"),
        ("FailedOperation.ContainSensitiveWord", "for good"),
        ("InvalidParameterValue.IncorrectPhoneNumber", "for good"),
        (
            "InvalidParameterValue.TemplateParameterLengthLimit",
            "for good",
        ),
        ("InvalidParameterValue.SdkAppIdNotExist", "for now"),
        ("LimitExceeded.PhoneNumberThirtySecondLimit", "for now +30s"),
        ("LimitExceeded.PhoneNumberDailyLimit", "for now +21600s"),
        ("LimitExceeded.DeliveryFrequencyLimit", "for now"),
        ("FailedOperation.InsufficientBalanceInSmsPackage", "for now"),
        ("InternalError.Timeout", "for now"),
        ("RequestLimitExceeded", "for now"),
        ("UnauthorizedOperation.RequestIpNotInWhitelist", "for now"),
    ];
    for (code, expected) in rows {
        let of_number = json!({"Response": {"SendStatusSet": [
            {"SerialNo": "", "Code": code, "Message": "m"}], "RequestId": "r"}});
        let of_call = json!({"Response": {"Error": {"Code": code, "Message": "m"}}});
        for body in [of_number, of_call] {
            let vendor = parrot(200, body.to_string()).await;
            let told = told(send(&tencent(&vendor, SECRET), &message()).await);
            let (fate, _) = told.split_once(": ").expect("an error");
            assert_eq!(fate, expected, "{code}");
        }
    }
}

#[tokio::test]
async fn cloud_mas_takes_free_text_and_templates_and_refuses_a_wrong_mac() {
    let vendor = Vendor::serve(|request| {
        let body = match vendor::mas_document(&request.body, SECRET) {
            Some(_) => r#"{"msgGroup":"0927152506001000833076","rspcod":"success","success":true}"#,
            None => r#"{"msgGroup":"","rspcod":"IllegalMac","success":false}"#,
        };
        (200, body.to_owned())
    })
    .await;
    let attempt = send(&mas(&vendor, SECRET, None), &message()).await;
    assert_eq!(told(attempt), "accepted 0927152506001000833076");
    let counted = templates(&[("1", "{column}"), ("2", "{overdue_days}")]);
    let attempt = send(&mas(&vendor, SECRET, Some(counted)), &message()).await;
    assert_eq!(told(attempt), "accepted 0927152506001000833076");
    let attempt = send(&mas(&vendor, "another", None), &message()).await;
    assert_eq!(
        told(attempt),
        "for now: the gateway answered 200, IllegalMac"
    );

    let documents: Vec<Value> = vendor
        .seen()
        .iter()
        .filter_map(|request| vendor::mas_document(&request.body, SECRET))
        .collect();
    let [free, filled] = &documents[..] else {
        panic!("{documents:?}");
    };
    // The platform puts the signature before the text itself.
    assert_eq!(free["content"], "“工作动态”栏目超期3天，请立即更新。");
    assert_eq!(free["mobiles"], "10000000001");
    assert_eq!(free["sign"], "DWItALe3A");
    assert_eq!(free.get("secretKey"), None);
    assert_eq!(filled["templateId"], "T-1");
    assert_eq!(filled["params"], r#"["工作动态","3"]"#);
}

#[tokio::test]
async fn the_codes_of_cloud_mas_are_told_apart() {
    let rows = [
        (r#"{"rspcod":"InvalidMobile","success":false}"#, "for good"),
        (r#"{"rspcod":"NoSignId","success":false}"#, "for good"),
        (
            r#"{"rspcod":"IllegalUseTemplate","success":false}"#,
            "for good",
        ),
        (r#"{"rspcod":"InvalidUsrOrPwd","success":false}"#, "for now"),
        (
            r#"{"rspcod":"IllegalIpAddress","success":false}"#,
            "for now",
        ),
        (r#"{"rspcod":"FlowOverLimit","success":false}"#, "for now"),
        (r#"{"rspcod":"OverDailyMax","success":false}"#, "for now"),
        // Words that do not agree with each other are no acceptance.
        (r#"{"rspcod":"success","success":false}"#, "for now"),
    ];
    for (body, expected) in rows {
        let vendor = parrot(200, body).await;
        let told = told(send(&mas(&vendor, SECRET, None), &message()).await);
        let (fate, _) = told.split_once(": ").expect("an error");
        assert_eq!(fate, expected, "{body}");
    }
}

#[tokio::test]
async fn a_wording_without_a_template_is_refused_before_anything_is_sent() {
    let vendor = parrot(200, r#"{"Code":"OK"}"#).await;
    let mut other = message();
    other.words.wording = "down".to_owned();
    let attempt = send(&aliyun(&vendor, SECRET), &other).await;
    assert_eq!(
        told(attempt),
        "for good: no template is approved for \"down\""
    );
    assert!(vendor.seen().is_empty());
}

#[tokio::test]
async fn what_is_no_answer_of_the_vendor_says_nothing_about_the_message() {
    let huge = format!(r#"{{"Code":"OK","pad":"{}"}}"#, "x".repeat(70_000));
    let echo = format!(r#"{{"Code":"{PHONE} {SECRET}","rspcod":"{PHONE} {SECRET}"}}"#);
    let rows = [
        (200, "<html>login</html>".to_owned(), "not JSON"),
        (403, "forbidden".to_owned(), "403"),
        (302, String::new(), "302"),
        (200, "[]".to_owned(), "without a code"),
        (
            200,
            r#"{"Code":{},"Response":[],"rspcod":[]}"#.to_owned(),
            "without a code",
        ),
        (200, huge, "64 KiB"),
        (200, echo, "200"),
    ];
    for (status, body, words) in rows {
        let vendor = parrot(status, body.clone()).await;
        let couriers = [
            aliyun(&vendor, SECRET),
            tencent(&vendor, SECRET),
            mas(&vendor, SECRET, None),
        ];
        for courier in couriers {
            let told = told(send(&courier, &message()).await);
            assert!(told.starts_with("for now: "), "{told}");
            assert!(told.contains(words), "{words}: {told}");
        }
    }
}

/// A courier whose only transport is the robot `ops`, and the message by it.
fn by_robot(kind: RobotKind) -> (Courier, Message) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let robot = Robot {
        kind,
        rate: Rate::default(),
        timeout: Duration::from_secs(20),
    };
    let transports = Transports {
        robots: BTreeMap::from([("ops".to_owned(), robot)]),
        ..Transports::default()
    };
    let courier = Courier::new(&transports, "wangxun/test").expect("a courier");
    let mut message = message();
    message.route = Route::Robot;
    message.text = HOSTILE.to_owned();
    (courier, message)
}

async fn post(kind: RobotKind) -> String {
    let (courier, message) = by_robot(kind);
    let mut group = person();
    group.robot = Some("ops".to_owned());
    let attempt = courier.send(&group, &message, now()).await;
    let told = told(attempt);
    assert!(!told.contains(SECRET), "{told}");
    told
}

fn wecom(vendor: &Vendor, key: &str) -> RobotKind {
    RobotKind::WeCom {
        url: vendor.url("/cgi-bin/webhook/send"),
        key: secret(key),
    }
}

fn dingtalk(vendor: &Vendor, key: &str) -> RobotKind {
    RobotKind::DingTalk {
        url: vendor.url("/robot/send"),
        token: secret("t0ken"),
        secret: secret(key),
    }
}

fn feishu(vendor: &Vendor, key: &str) -> RobotKind {
    RobotKind::Feishu {
        url: vendor.url("/open-apis/bot/v2/hook/"),
        token: secret("t0ken"),
        secret: secret(key),
    }
}

#[tokio::test]
async fn wecom_posts_by_its_key() {
    let vendor = Vendor::serve(|request| match request.param("key").as_deref() {
        Some(SECRET) => (200, r#"{"errcode":0,"errmsg":"ok"}"#.to_owned()),
        _ => (
            200,
            r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#.to_owned(),
        ),
    })
    .await;
    assert_eq!(post(wecom(&vendor, SECRET)).await, "accepted ");
    let request = vendor.seen().remove(0);
    assert_eq!(request.path(), "/cgi-bin/webhook/send");
    let expected = json!({"msgtype": "text", "text": {"content": HOSTILE}});
    assert_eq!(request.json(), expected);
    assert_eq!(
        post(wecom(&vendor, "another")).await,
        "for good: the gateway answered 200, 93000: invalid webhook url"
    );
}

#[tokio::test]
async fn dingtalk_posts_signed() {
    let vendor = Vendor::serve(|request| {
        let millis = request.param("timestamp").expect("a time");
        let sign = vendor::dingtalk_sign(SECRET, &millis);
        match request.param("sign") == Some(sign) {
            true => (200, r#"{"errcode":0,"errmsg":"ok"}"#.to_owned()),
            false => (
                200,
                r#"{"errcode":310000,"errmsg":"sign not match"}"#.to_owned(),
            ),
        }
    })
    .await;
    assert_eq!(post(dingtalk(&vendor, SECRET)).await, "accepted ");
    let request = vendor.seen().remove(0);
    assert_eq!(request.param("access_token").as_deref(), Some("t0ken"));
    assert_eq!(request.param("timestamp").as_deref(), Some("1510621205000"));
    let expected = json!({"msgtype": "text", "text": {"content": HOSTILE}});
    assert_eq!(request.json(), expected);
    assert_eq!(
        post(dingtalk(&vendor, "another")).await,
        "for now: the gateway answered 200, 310000: sign not match"
    );
}

#[tokio::test]
async fn feishu_posts_signed() {
    let vendor = Vendor::serve(|request| {
        let body = request.json();
        let seconds = body["timestamp"].as_str().expect("a time");
        match body["sign"] == vendor::feishu_sign(SECRET, seconds).as_str() {
            true => (
                200,
                r#"{"StatusCode":0,"StatusMessage":"success","code":0}"#.to_owned(),
            ),
            false => (200, r#"{"code":19021,"msg":"sign match fail"}"#.to_owned()),
        }
    })
    .await;
    assert_eq!(post(feishu(&vendor, SECRET)).await, "accepted ");
    let request = vendor.seen().remove(0);
    assert_eq!(request.path(), "/open-apis/bot/v2/hook/t0ken");
    assert_eq!(request.json()["content"]["text"], HOSTILE);
    assert_eq!(
        post(feishu(&vendor, "another")).await,
        "for now: the gateway answered 200, 19021: sign match fail"
    );
}

#[tokio::test]
async fn the_codes_of_robots_are_told_apart() {
    let rows = [
        (
            "wecom",
            r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#,
            "for now +60s",
        ),
        (
            "wecom",
            r#"{"errcode":44004,"errmsg":"empty content"}"#,
            "for good",
        ),
        (
            "wecom",
            r#"{"errcode":-1,"errmsg":"system busy"}"#,
            "for now",
        ),
        (
            "dingtalk",
            r#"{"errcode":130101,"errmsg":"send too fast"}"#,
            "for now +600s",
        ),
        (
            "dingtalk",
            r#"{"errcode":410100,"errmsg":"too fast"}"#,
            "for now +600s",
        ),
        (
            "dingtalk",
            r#"{"errcode":310000,"errmsg":"keywords not in content"}"#,
            "for good",
        ),
        (
            "dingtalk",
            r#"{"errcode":300001,"errmsg":"token is not exist"}"#,
            "for good",
        ),
        (
            "feishu",
            r#"{"code":11232,"msg":"frequency limited"}"#,
            "for now +60s",
        ),
        (
            "feishu",
            r#"{"code":9499,"msg":"too many request"}"#,
            "for now +60s",
        ),
        ("feishu", r#"{"code":9499,"msg":"Bad Request"}"#, "for good"),
        (
            "feishu",
            r#"{"code":19001,"msg":"token invalid"}"#,
            "for good",
        ),
        (
            "feishu",
            r#"{"code":19022,"msg":"Ip Not Allowed"}"#,
            "for now",
        ),
        (
            "feishu",
            r#"{"StatusCode":19024,"StatusMessage":"Key Words Not Found"}"#,
            "for good",
        ),
    ];
    for (robot, body, expected) in rows {
        let vendor = parrot(200, body).await;
        let kind = match robot {
            "wecom" => wecom(&vendor, SECRET),
            "dingtalk" => dingtalk(&vendor, SECRET),
            _ => feishu(&vendor, SECRET),
        };
        let told = post(kind).await;
        let (fate, _) = told.split_once(": ").expect("an error");
        assert_eq!(fate, expected, "{body}");
    }
}

#[tokio::test]
async fn of_a_secret_that_is_echoed_nothing_is_kept_wherever_the_words_are_cut() {
    let start: String = SECRET.chars().take(4).collect();
    let encoded: String = SECRET.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for long in (0..240).step_by(9) {
        let words = format!("{}{SECRET} {encoded}", "x".repeat(long));
        let body = json!({ "errcode": 99, "errmsg": words }).to_string();
        let vendor = parrot(200, body).await;
        let told = post(wecom(&vendor, SECRET)).await;
        assert!(!told.contains(&start), "{told}");
        assert!(!told.contains("%4") && !told.contains("%7"), "{told}");
    }
}

#[tokio::test]
async fn a_webhook_is_signed_as_the_specification_says() {
    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let vendor = Vendor::serve(|request| match vendor::is_signed_webhook(request, KEY) {
        true => (204, String::new()),
        false => (401, String::new()),
    })
    .await;
    let hook = |key: &str| RobotKind::Webhook {
        url: vendor.url("/hook"),
        secret: secret(key),
    };
    assert_eq!(post(hook(KEY)).await, "accepted ");
    let request = vendor.seen().remove(0);
    let key = message().key;
    assert_eq!(request.header("webhook-id"), Some(key.as_str()));
    assert_eq!(request.header("idempotency-key"), Some(key.as_str()));
    assert_eq!(request.header("webhook-timestamp"), Some("1510621205"));
    let body = request.json();
    assert_eq!(body["text"], HOSTILE);
    assert_eq!(body["wording"], "overdue");
    assert_eq!(body["values"]["column"], "工作动态");
    assert_eq!(
        post(hook("whsec_AAAA")).await,
        "for now: the receiver answered 401"
    );
    for (status, expected) in [(410, "for good"), (429, "for now"), (500, "for now")] {
        let vendor = parrot(status, "").await;
        let url = vendor.url("/hook");
        let told = post(RobotKind::Webhook {
            url,
            secret: secret(KEY),
        })
        .await;
        assert!(told.starts_with(expected), "{status}: {told}");
    }
}
