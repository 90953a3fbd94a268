//! The rehearsal: a made-up group of forty-eight district sites that answers over real HTTP on the
//! loopback interface, a made-up gateway for text messages, and the configuration for both. The
//! real daemon runs against it, under a stepped clock, for the demo and for tests.
//!
//! What is true in the made-up world is a pure function of a seed ([`truth`]); the sites are its
//! pages as of the clock's now. Nothing here knows how the daemon reads, judges or sends.

pub mod dialect;
pub mod dice;
pub mod files;
pub mod gateway;
pub mod holidays;
pub mod people;
pub mod plot;
pub mod roster;
pub mod server;
pub mod site;
pub mod timetable;
pub mod titles;
pub mod tricks;
pub mod truth;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::clock::Clock;
use crate::domain::id::IdFault;
use files::{Scene, Screen};
use gateway::{GatewayHandle, GatewayServer};
use server::{ServedSite, Servers};
use truth::{Options, Truth};

/// The token by which senders show themselves to the gateway. It opens nothing else.
const TOKEN: &str = "rehearsal-token";

/// A running rehearsal. Everything that it serves ends when it is stopped or dropped.
#[derive(Debug)]
pub struct Rehearsal {
    /// The daemon's configuration.
    pub config_path: PathBuf,
    /// What is true in the made-up world.
    pub truth: Arc<Truth>,
    /// The gateway for text messages.
    pub gateway: GatewayHandle,
    servers: Servers,
    gateway_server: GatewayServer,
}

/// Why a rehearsal could not begin.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// The made-up world has an identifier that is none.
    #[error("the rehearsed site group cannot be made up")]
    World(#[from] IdFault),
    /// A listener could not be opened.
    #[error("no port on the loopback interface could be opened")]
    Listen(#[source] std::io::Error),
    /// The configuration could not be written.
    #[error("the configuration of the rehearsal cannot be written to {}", dir.display())]
    Files {
        /// The directory.
        dir: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

impl Rehearsal {
    /// Opens all sites and the gateway at the time of `clock`, and writes the daemon's
    /// configuration into `dir`. Its console listens at `console`, if it is to have one.
    pub async fn start(
        options: Options,
        clock: Clock,
        dir: &Path,
        console: Option<Screen>,
    ) -> Result<Rehearsal, RehearsalError> {
        let truth = Arc::new(Truth::new(options)?);
        // With a console sites are inspected too, and links are asked where they lead to.
        let servers = match console {
            Some(_) => Servers::start_near(&truth, &clock).await,
            None => Servers::start(&truth, &clock).await,
        };
        let servers = servers.map_err(RehearsalError::Listen)?;
        let gateway_server = GatewayServer::start(truth.clone(), clock, TOKEN)
            .await
            .map_err(RehearsalError::Listen)?;
        let scene = Scene {
            truth: &truth,
            served: &servers.sites,
            gateway: &gateway_server.handle,
            console,
        };
        let config_path = files::write(dir, &scene).map_err(|source| RehearsalError::Files {
            dir: dir.to_owned(),
            source,
        })?;
        Ok(Rehearsal {
            config_path,
            truth,
            gateway: gateway_server.handle.clone(),
            servers,
            gateway_server,
        })
    }

    /// Where each site listens, in the order of the truth.
    pub fn sites(&self) -> &[ServedSite] {
        &self.servers.sites
    }

    /// Closes everything.
    pub async fn stop(self) {
        self.servers.stop().await;
        self.gateway_server.stop().await;
    }
}
