//! Settings of the transports that speak a vendor's own language: gateways that want approved
//! templates, and robots of group chats.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::transport::Rate;

/// Text messages over Alibaba Cloud (阿里云短信).
#[derive(Debug, Clone)]
pub struct Aliyun {
    /// The address; another one for a region or a private cloud.
    pub url: Url,
    /// The AccessKey ID.
    pub access_key_id: String,
    /// The AccessKey secret.
    pub access_key_secret: SecretString,
    /// The approved signature (签名), without brackets.
    pub sign_name: String,
    /// The approved templates.
    pub templates: Templates,
    /// How long one attempt may take.
    pub timeout: Duration,
}

/// Text messages over Tencent Cloud (腾讯云短信).
#[derive(Debug, Clone)]
pub struct Tencent {
    /// The address.
    pub url: Url,
    /// The region: `ap-guangzhou`.
    pub region: String,
    /// The SecretId.
    pub secret_id: String,
    /// The SecretKey.
    pub secret_key: SecretString,
    /// The SmsSdkAppId.
    pub app_id: String,
    /// The approved signature (签名), without brackets.
    pub sign_name: String,
    /// The approved templates.
    pub templates: Templates,
    /// How long one attempt may take.
    pub timeout: Duration,
}

/// Text messages over China Mobile's cloud MAS (移动云 MAS).
#[derive(Debug, Clone)]
pub struct Mas {
    /// The address of the call: `…/sms/norsubmit`, or `…/sms/tmpsubmit` with templates.
    pub url: Url,
    /// The customer's name (ecName).
    pub ec_name: String,
    /// The user of the interface (apId).
    pub ap_id: String,
    /// The password of the interface (secretKey).
    pub secret_key: SecretString,
    /// Whether the password itself is sent along, which some installations demand.
    pub send_secret_key: bool,
    /// The code of the signature (签名编码); the platform puts the signature before the text.
    pub sign: String,
    /// The extension of the sender's number; may be empty.
    pub add_serial: String,
    /// The approved templates; `None` sends free text.
    pub templates: Option<Templates>,
    /// How long one attempt may take.
    pub timeout: Duration,
}

/// The approved templates of a gateway, by the key of the wording that each stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Templates {
    /// By key of a wording: `overdue`, `digest`.
    pub by_wording: BTreeMap<String, Approved>,
    /// For every other wording.
    pub default: Option<Approved>,
    /// The longest value of one parameter, in characters; longer ones are cut.
    pub longest_value: usize,
}

impl Templates {
    /// The template for the wording `key`.
    pub fn of(&self, key: &str) -> Option<&Approved> {
        self.by_wording.get(key).or(self.default.as_ref())
    }
}

/// One approved template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// The vendor's code of it.
    pub code: String,
    /// Whether the vendor knows parameters by name; else it counts them, from 1.
    pub named: bool,
    /// Its parameters in order: a name, or the number, and a text with fields.
    pub params: Vec<(String, String)>,
}

/// A robot of a group chat, or any other receiver that has an address of its own.
#[derive(Debug, Clone)]
pub struct Robot {
    /// What it is.
    pub kind: RobotKind,
    /// How many messages it takes.
    pub rate: Rate,
    /// How long one attempt may take.
    pub timeout: Duration,
}

/// What a robot is.
#[derive(Debug, Clone)]
pub enum RobotKind {
    /// WeCom (企业微信群机器人): the key in the address is the whole proof.
    WeCom {
        /// The address without the key.
        url: Url,
        /// The key.
        key: SecretString,
    },
    /// DingTalk (钉钉自定义机器人), signed (加签).
    DingTalk {
        /// The address without the token.
        url: Url,
        /// The access token.
        token: SecretString,
        /// The secret that begins with `SEC`.
        secret: SecretString,
    },
    /// Feishu (飞书自定义机器人), signed (签名校验).
    Feishu {
        /// The address without the token.
        url: Url,
        /// The last part of the address.
        token: SecretString,
        /// The secret of the signature.
        secret: SecretString,
    },
    /// Any receiver of JSON, signed as the Standard Webhooks specification says.
    Webhook {
        /// The address.
        url: Url,
        /// The secret of the signature.
        secret: SecretString,
    },
}

impl RobotKind {
    /// The kinds, by the words of the configuration.
    pub const KEYS: [&'static str; 4] = ["wecom", "dingtalk", "feishu", "webhook"];

    /// The word of the configuration.
    pub fn key(&self) -> &'static str {
        match self {
            RobotKind::WeCom { .. } => "wecom",
            RobotKind::DingTalk { .. } => "dingtalk",
            RobotKind::Feishu { .. } => "feishu",
            RobotKind::Webhook { .. } => "webhook",
        }
    }

    /// The address without its secrets.
    pub fn url(&self) -> &Url {
        match self {
            RobotKind::WeCom { url, .. }
            | RobotKind::DingTalk { url, .. }
            | RobotKind::Feishu { url, .. }
            | RobotKind::Webhook { url, .. } => url,
        }
    }
}
