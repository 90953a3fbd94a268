//! How a gateway tells what became of a text message: it calls us, or we ask it. Plain settings.

use std::time::Duration;

use secrecy::SecretString;

/// How the gateway for text messages tells what became of them.
#[derive(Debug, Clone, Default)]
pub struct Receipts {
    /// The last part of the address to which the gateway posts; whoever knows it is believed.
    /// `None`: no such address exists.
    pub callback: Option<SecretString>,
    /// How the posts of a generic gateway are read; vendors' own are known.
    pub form: ReportForm,
    /// How often the gateway is asked; `None`: never.
    pub ask_every: Option<Duration>,
}

impl Receipts {
    /// Whether the gateway reports what becomes of messages.
    pub fn are_configured(&self) -> bool {
        self.callback.is_some() || self.ask_every.is_some()
    }
}

/// How a post of a generic gateway is read. A form is read like a JSON object of texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportForm {
    /// JSON pointer to the list of reports; without it the document is the list, or the report.
    pub list: Option<String>,
    /// JSON pointer, inside one report, to our key.
    pub key: Option<String>,
    /// JSON pointer, inside one report, to the gateway's receipt id.
    pub receipt: Option<String>,
    /// JSON pointer, inside one report, to the state.
    pub status: String,
    /// States that mean that it arrived.
    pub delivered: Vec<String>,
    /// States that mean that it cannot arrive at all (no such number); other states are failures
    /// that might have passed.
    pub permanent: Vec<String>,
    /// States that mean that nothing is known yet.
    pub pending: Vec<String>,
}
