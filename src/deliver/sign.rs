//! Signatures of gateways: each vendor's way to prove who sends.
//!
//! Pure: time and nonce are given. Every recipe is held against the example value that its vendor
//! publishes; where a vendor publishes none, against one that was computed by other means.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use md5::Md5;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use crate::domain::time::Moment;

/// What RFC 3986 leaves as it is.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One call of Alibaba Cloud, without a body: its parameters travel in the address.
pub struct Acs3<'a> {
    /// The host as it stands in the `Host` header.
    pub host: &'a str,
    /// The path of the address.
    pub path: &'a str,
    /// The canonical query, see [`canonical_query`].
    pub query: &'a str,
    /// The name of the call.
    pub action: &'a str,
    /// The version of the interface.
    pub version: &'a str,
    /// The present instant as `2023-10-26T10:22:32Z`.
    pub date: &'a str,
    /// A word that is never used twice.
    pub nonce: &'a str,
}

impl Acs3<'_> {
    /// The headers besides `Host` that are signed, in their order.
    pub fn headers(&self) -> [(&'static str, String); 5] {
        [
            ("x-acs-action", self.action.to_owned()),
            ("x-acs-content-sha256", sha256_hex(b"")),
            ("x-acs-date", self.date.to_owned()),
            ("x-acs-signature-nonce", self.nonce.to_owned()),
            ("x-acs-version", self.version.to_owned()),
        ]
    }

    /// The `Authorization` header for a `POST`.
    pub fn authorization(&self, id: &str, secret: &str) -> String {
        let headers = self.headers();
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let signed = format!("host;{}", names.join(";"));
        let lines: String = headers
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let Acs3 {
            host, path, query, ..
        } = self;
        let request = format!(
            "POST\n{path}\n{query}\nhost:{host}\n{lines}\n{signed}\n{}",
            sha256_hex(b"")
        );
        let to_sign = format!("ACS3-HMAC-SHA256\n{}", sha256_hex(request.as_bytes()));
        let signature = hex(&hmac_sha256(secret.as_bytes(), to_sign.as_bytes()));
        format!("ACS3-HMAC-SHA256 Credential={id},SignedHeaders={signed},Signature={signature}")
    }
}

/// `pairs` sorted by name and escaped as Alibaba Cloud signs them.
pub fn canonical_query(pairs: &[(&str, &str)]) -> String {
    let mut pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
        .collect();
    pairs.sort_unstable();
    pairs.join("&")
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// One call of Tencent Cloud with a JSON body.
pub struct Tc3<'a> {
    /// The host as it stands in the `Host` header.
    pub host: &'a str,
    /// The service: `sms`.
    pub service: &'a str,
    /// The body, byte by byte.
    pub body: &'a str,
    /// The present instant.
    pub now: Moment,
}

impl Tc3<'_> {
    /// The `Content-Type` that is signed with the body.
    pub const CONTENT_TYPE: &'static str = "application/json; charset=utf-8";

    /// The `Authorization` header for a `POST` to `/`.
    pub fn authorization(&self, id: &str, secret: &str) -> String {
        let signed = "content-type;host";
        let request = format!(
            "POST\n/\n\ncontent-type:{}\nhost:{}\n\n{signed}\n{}",
            Tc3::CONTENT_TYPE,
            self.host,
            sha256_hex(self.body.as_bytes())
        );
        let day = self.now.to_utc().format("%Y-%m-%d").to_string();
        let scope = format!("{day}/{}/tc3_request", self.service);
        let to_sign = format!(
            "TC3-HMAC-SHA256\n{}\n{scope}\n{}",
            self.now.timestamp(),
            sha256_hex(request.as_bytes())
        );
        let key = hmac_sha256(format!("TC3{secret}").as_bytes(), day.as_bytes());
        let key = hmac_sha256(&key, self.service.as_bytes());
        let key = hmac_sha256(&key, b"tc3_request");
        let signature = hex(&hmac_sha256(&key, to_sign.as_bytes()));
        format!(
            "TC3-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={signed}, Signature={signature}"
        )
    }
}

/// The `mac` of China Mobile's cloud MAS: of all fields one after the other.
pub fn mas_mac(fields: &[&str]) -> String {
    let mut hash = Md5::new();
    for field in fields {
        hash.update(field.as_bytes());
    }
    hex(&hash.finalize())
}

/// The `sign` of a DingTalk robot; the time in milliseconds.
pub fn dingtalk(secret: &str, millis: i64) -> String {
    let text = format!("{millis}\n{secret}");
    base64(&hmac_sha256(secret.as_bytes(), text.as_bytes()))
}

/// The `sign` of a Feishu robot; the time in seconds. Key is what others sign, and nothing is
/// signed: so it is published.
pub fn feishu(secret: &str, seconds: i64) -> String {
    base64(&hmac_sha256(format!("{seconds}\n{secret}").as_bytes(), b""))
}

/// The `webhook-signature` of the Standard Webhooks specification. A secret that begins with
/// `whsec_` is base64, any other is taken as it is.
pub fn webhook(secret: &str, id: &str, seconds: i64, body: &str) -> String {
    let decoded = secret
        .strip_prefix("whsec_")
        .and_then(|text| STANDARD.decode(text).ok());
    let key = decoded.unwrap_or_else(|| secret.as_bytes().to_vec());
    let text = format!("{id}.{seconds}.{body}");
    format!("v1,{}", base64(&hmac_sha256(&key, text.as_bytes())))
}

/// `bytes` in base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        unreachable!("HMAC takes a key of any length");
    };
    mac.update(text);
    mac.finalize().into_bytes().into()
}

fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;
    use crate::domain::time::china;

    #[test]
    fn alibaba_cloud_signs_as_its_guide_shows() {
        let query = canonical_query(&[
            ("RegionId", "cn-shanghai"),
            (
                "ImageId",
                "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
            ),
        ]);
        let call = Acs3 {
            host: "ecs.cn-shanghai.aliyuncs.com",
            path: "/",
            query: &query,
            action: "RunInstances",
            version: "2014-05-26",
            date: "2023-10-26T10:22:32Z",
            nonce: "3156853299f313e23d1673dc12e1703d",
        };
        assert_eq!(
            call.authorization("YourAccessKeyId", "YourAccessKeySecret"),
            "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;\
             x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,\
             Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
        );
    }

    #[test]
    fn queries_are_escaped_as_rfc_3986_says() {
        let rows = [
            (vec![("b", "1"), ("a", "2")], "a=2&b=1"),
            (vec![("a", " *~-_.")], "a=%20%2A~-_."),
            (vec![("a", "字&=+/")], "a=%E5%AD%97%26%3D%2B%2F"),
        ];
        for (pairs, expected) in rows {
            assert_eq!(canonical_query(&pairs), expected);
        }
    }

    #[test]
    fn tencent_cloud_signs_as_its_guide_shows() {
        let call = Tc3 {
            host: "cvm.tencentcloudapi.com",
            service: "cvm",
            body: r#"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#,
            now: china().timestamp_opt(1_551_113_065, 0).unwrap(),
        };
        assert_eq!(
            call.authorization("AKIDEXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"),
            "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2019-02-25/cvm/tc3_request, \
             SignedHeaders=content-type;host, \
             Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
        );
    }

    #[test]
    fn cloud_mas_signs_as_its_guide_shows() {
        let fields = [
            "政企分公司测试",
            "demo0",
            "123qwe",
            "13800138000",
            "移动改变生活。",
            "DWItALe3A",
            "",
        ];
        assert_eq!(mas_mac(&fields), "7997ddb079db2155b517b21b2a812370");
    }

    #[test]
    fn webhooks_are_signed_as_the_specification_shows() {
        let signature = webhook(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    /// Neither vendor publishes a value: these were computed with Python's `hmac`.
    #[test]
    fn robots_sign_as_another_implementation_does() {
        assert_eq!(
            dingtalk("this is secret", 1_577_262_236_757),
            "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="
        );
        assert_eq!(
            feishu("demo", 1_599_360_473),
            "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="
        );
    }
}
