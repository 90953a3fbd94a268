//! Whether the world can be reached at all: a few addresses that always answer are asked once, and
//! any answer will do.

use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use reqwest::Client;
use url::Url;

use super::client::{FetchError, Identity};
use super::tls;

/// How long an address may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks addresses that stand for the monitor's own network.
#[derive(Clone)]
pub struct Reach {
    client: Client,
    probes: Vec<Url>,
}

impl Reach {
    /// Prepares the client for `probes`.
    pub fn new(identity: &Identity, probes: &[Url]) -> Result<Reach, FetchError> {
        tls::init_crypto();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(0)
            .timeout(PATIENCE)
            .user_agent(&identity.user_agent)
            .build()
            .map_err(FetchError::Client)?;
        Ok(Reach {
            client,
            probes: probes.to_vec(),
        })
    }

    /// Whether any address answers, whatever it says; `None` where there is none to ask.
    pub async fn answers(&self) -> Option<bool> {
        if self.probes.is_empty() {
            return None;
        }
        let asked = self
            .probes
            .iter()
            .map(|url| self.client.get(url.clone()).send());
        let mut asked: FuturesUnordered<_> = asked.collect();
        while let Some(answer) = asked.next().await {
            if answer.is_ok() {
                return Some(true);
            }
        }
        Some(false)
    }
}
