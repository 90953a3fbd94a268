//! The real daemon in this process, under a stepped clock.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wangxun::clock::{Alarm, Clock};
use wangxun::config::settings::Config;
use wangxun::daemon::event::Listener;
use wangxun::daemon::run::{MadeUp, Orders, Ready, RunError, run};

/// How long the daemon may take to begin and to end, in real time.
const PATIENCE: Duration = Duration::from_secs(60);

/// A daemon that runs.
pub struct Running {
    #[allow(dead_code, reason = "not every test looks into the store")]
    pub ready: Ready,
    stop: oneshot::Sender<()>,
    daemon: JoinHandle<Result<(), RunError>>,
}

impl Running {
    /// Starts the daemon. Whoever is to hold the time has an alarm of `clock` already: it works
    /// until that alarm waits.
    #[allow(dead_code, reason = "not every world is served over sockets")]
    pub async fn start(config: Arc<Config>, clock: &Clock) -> Running {
        Running::start_in(config, clock, None).await
    }

    /// The same in a made-up world.
    pub async fn start_in(config: Arc<Config>, clock: &Clock, made_up: Option<MadeUp>) -> Running {
        let (ready, told) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let orders = Orders {
            config,
            clock: clock.clone(),
            listener: Listener::default(),
            ready: Some(ready),
            stamped: false,
            made_up,
        };
        let daemon = tokio::spawn(run(orders, async move {
            // A sender that is gone is a stop too.
            let _ = stopped.await;
        }));
        let ready = tokio::time::timeout(PATIENCE, told)
            .await
            .expect("the daemon becomes ready in time");
        let Ok(ready) = ready else {
            panic!("the daemon does not begin: {:?}", daemon.await);
        };
        Running {
            ready,
            stop,
            daemon,
        }
    }

    /// Ends the daemon in the middle of whatever it does.
    #[allow(dead_code, reason = "not every test kills")]
    pub async fn kill(self) {
        self.daemon.abort();
        // It ends because it was told to, or had ended itself.
        let _ = self.daemon.await;
    }

    /// Ends the daemon; `held` has held the time since the last instant of the run.
    pub async fn end(self, held: Alarm) {
        self.stop.send(()).expect("the daemon runs to the end");
        drop(held);
        tokio::time::timeout(PATIENCE, self.daemon)
            .await
            .expect("the daemon stops in time")
            .expect("the daemon does not break off")
            .expect("the daemon does not fail");
    }
}
