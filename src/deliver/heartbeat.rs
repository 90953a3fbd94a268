//! The heartbeat: one request to a service elsewhere that raises the alarm when the next does not
//! come. Its address is a secret; what goes wrong is told without it.

use std::time::Duration;

use reqwest::{Client, Method};

use super::courier::DeliverError;
use super::line::innermost;
use crate::domain::transport::Heartbeat;

/// How long one request may take, connection and answer together.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends heartbeats.
pub struct Beacon {
    client: Client,
    settings: Heartbeat,
}

impl Beacon {
    /// Prepares the client. Needs an installed TLS provider.
    pub fn new(settings: &Heartbeat, user_agent: &str) -> Result<Beacon, DeliverError> {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(0)
            .timeout(PATIENCE)
            .user_agent(user_agent)
            .build()
            .map_err(DeliverError::Client)?;
        Ok(Beacon {
            client,
            settings: settings.clone(),
        })
    }

    /// One heartbeat, within ten seconds. An error names neither path nor query of the address.
    pub async fn beat(&self) -> Result<(), String> {
        let method = match self.settings.post {
            true => Method::POST,
            false => Method::GET,
        };
        let request = self.client.request(method, self.settings.url.clone());
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(format!("it answered {}", answer.status().as_u16())),
            Err(error) if error.is_timeout() => Err("it gave no answer in time".to_owned()),
            Err(error) => Err(innermost("it", &error)),
        }
    }
}
