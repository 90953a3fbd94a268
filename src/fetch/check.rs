//! Whether a link leads anywhere: its head is asked for, and where that fails the page itself, of
//! which no more than the beginning is taken. Turns, robots, guard and limits are those of a visit.

use url::Url;

use super::body::Overflow;
use super::client::{Fetcher, Journey};
use super::hop::Spent;
use crate::domain::access::Access;
use crate::domain::reading_rules::Extras;
use crate::domain::visit::{Failure, Validators};

/// The most bytes of a page that are taken.
const BEGINNING: usize = 4096;

impl Fetcher {
    /// Asks whether `url` leads anywhere; the failure where it does not.
    pub async fn check(&self, url: &Url, access: &Access) -> Result<(), Failure> {
        match self.ask(url, access, true).await {
            Ok(()) => Ok(()),
            Err(failure) if may_be_of_the_method(&failure) => self.ask(url, access, false).await,
            Err(failure) => Err(failure),
        }
    }

    async fn ask(&self, url: &Url, access: &Access, head_only: bool) -> Result<(), Failure> {
        let access = Access {
            body_limit: access.body_limit.min(BEGINNING),
            lenient_certificates: false,
            ..access.clone()
        };
        let mut journey = Journey {
            shared: &self.shared,
            kept: self.kept,
            asked: url,
            access: &access,
            validators: &Validators::default(),
            extra: Extras::NONE,
            spent: Spent::default(),
            is_answered: false,
            overflow: Overflow::Cut,
            head_only,
            certificate_until: None,
            lenient: false,
            detour: None,
        };
        Box::pin(journey.run()).await.map(|_| ())
    }
}

/// Whether a page may be there although its head was refused: many servers know no HEAD, and
/// answer it with whatever comes to their minds.
fn may_be_of_the_method(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Status(_)
            | Failure::Blocked(_)
            | Failure::Closed
            | Failure::BadAnswer
            | Failure::FirstByteTimeout
            | Failure::TooManyRedirects
    )
}
