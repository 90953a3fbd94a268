//! Sound files of a configuration, to be spoilt one by one.
#![allow(dead_code, reason = "not every test uses every part")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use tempfile::TempDir;
use wangxun::config::fault::{Fault, Faults};
use wangxun::config::load::{Loaded, load_with};
use wangxun::domain::time::Date;

pub const MONITOR: &str = r#"[operator]
name = "运维"
contact = "https://www.example.cn/w"
[transports]
allow_spool_only = true
[transports.sms]
spool = "sms"
"#;

pub const SITES: &str = r#"[[unit]]
id = "kxw"
name = "科信委"
[[site]]
id = "kxw"
unit = "kxw"
name = "科信委网站"
home = "https://kxw.example.cn/"
[[column]]
id = "kxw/gzdt"
site = "kxw"
name = "工作动态"
class = "news"
url = "/gzdt/"
"#;

pub const CONTACTS: &str = r#"[[person]]
id = "op"
name = "甲"
phone = "10000000001"
duties = [{ role = "operator" }]
[[person]]
id = "li"
name = "乙"
phone = "10000000002"
duties = [{ role = "liaison", unit = "kxw" }]
"#;

pub const GATEWAY: &str = r#"[operator]
name = "运维"
contact = "https://www.example.cn/w"
[transports.sms.gateway]
url = "https://sms.example.invalid/send"
headers = { Authorization = "Bearer {secret.token}" }
json = { to = "{phone}", text = "{text}" }
[transports.sms.gateway.secrets]
token = { file = "token" }
"#;

pub const SERVER: &str = r#"[operator]
name = "运维"
contact = "https://www.example.cn/w"
[transports]
allow_spool_only = true
[transports.sms]
spool = "sms"
[transports.mail]
from = "网巡 <a@example.cn>"
[transports.mail.smtp]
host = "mail.example.invalid"
security = "starttls"
login = { user = "u", password = { credential = "mail" } }
"#;

/// Files in a directory of their own.
pub struct Files(pub TempDir);

impl Files {
    pub fn new() -> Files {
        let files = Files(TempDir::new().unwrap());
        files.write("monitor.toml", MONITOR);
        files.write("sites.toml", SITES);
        files.write("contacts.toml", CONTACTS);
        files.mode("contacts.toml", 0o600);
        files
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn mode(&self, name: &str, mode: u32) {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.path(name), permissions).unwrap();
    }

    pub fn load(&self) -> Result<Loaded, Faults> {
        load_with(&self.path("monitor.toml"), today(), Some(self.0.path()))
    }

    pub fn sound(&self) -> Loaded {
        self.load().unwrap_or_else(|faults| panic!("{faults}"))
    }

    /// Each fault as `file:line: message`, the directory left out.
    pub fn faults(&self) -> Vec<String> {
        let faults = match self.load() {
            Ok(_) => return Vec::new(),
            Err(faults) => faults,
        };
        let told = |fault: &Fault| {
            let name = fault.file.file_name().unwrap().to_string_lossy();
            let line = fault.line.map_or(String::new(), |line| format!("{line}:"));
            format!("{name}:{line} {}", fault.message)
        };
        faults.0.iter().map(told).collect()
    }
}

pub fn today() -> Date {
    Date::from_ymd_opt(2026, 11, 25).unwrap()
}

pub fn with_gateway() -> Files {
    let files = Files::new();
    files.write("monitor.toml", GATEWAY);
    files.write("token", "s3cr3t\n");
    files.mode("token", 0o600);
    files
}

pub fn with_server() -> Files {
    let files = Files::new();
    files.write("monitor.toml", SERVER);
    files.write("mail", "s3cr3t");
    files
}

/// Approved templates, receipts and a robot; faults of each are told together.
pub const VENDOR: &str = r#"[operator]
name = "运维"
contact = "https://www.example.cn/w"
[transports.sms]
rate = { per_minute = 60 }
[transports.sms.aliyun]
access_key_id = "LTAI"
access_key_secret = { file = "token" }
sign_name = "网巡"
[transports.sms.aliyun.templates]
default = { code = "SMS_1", params = { site = "{site}" } }
digest = { code = "SMS_2", params = { count = "{count}" } }
[transports.sms.receipts]
callback = { file = "token" }
ask_every = "10min"
[transports.robots.duty.wecom]
key = { file = "token" }
"#;

pub fn with_vendor() -> Files {
    let files = Files::new();
    files.write("monitor.toml", VENDOR);
    files.write("token", "s3cr3t-0f-m0re-than-twenty\n");
    files.mode("token", 0o600);
    files
}

pub fn with_robot() -> Files {
    let files = with_vendor();
    let group = r#"[[person]]
id = "qun"
name = "值班群"
robot = "duty"
duties = [{ role = "supervision" }]
"#;
    files.write("contacts.toml", format!("{CONTACTS}{group}"));
    files
}
