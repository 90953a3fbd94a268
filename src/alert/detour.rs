//! Away from a route that keeps failing: when a message goes by its person's next route, and when the
//! operators hear that there is none.
//!
//! A route that refuses a message for good is left at once. One that fails for now is tried again, but not
//! for ever: a gateway can be out of order for a week. How long it has failed is counted over the messages of
//! several days, since each day's digest takes up what the day before could not send.

use chrono::TimeDelta;

use super::outbox::{Delivery, Message};
use crate::domain::group::{Person, Route};
use crate::domain::time::Moment;

/// Since when the person could not be sent what `message` says; `None` where no attempt has failed.
pub fn failing_since(message: &Message) -> Option<Moment> {
    let has_failed = match &message.delivery {
        Delivery::Queued { last_error } => last_error.is_some(),
        Delivery::Attempting { .. } => true,
        _ => false,
    };
    has_failed.then(|| message.unsent_since.unwrap_or(message.created_at))
}

/// The route of `person` after that of `message`: the first where that is no route of theirs any more.
pub fn next_route(message: &Message, person: &Person) -> Option<Route> {
    let mut routes = person.routes.iter();
    match routes.any(|&route| route == message.route) {
        true => routes.next().copied(),
        false => person.routes.first().copied(),
    }
}

/// When `message` leaves its route, should it fail until then; `after` is how long a route is tried.
pub fn leaves_at(message: &Message, after: TimeDelta) -> Option<Moment> {
    failing_since(message).and_then(|since| since.checked_add_signed(after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::fixture::{WRITTEN, at, message};
    use crate::alert::rules::AlertRules;
    use crate::domain::presence::Presence;

    #[test]
    fn after_a_route_that_is_no_longer_the_persons_comes_the_first() {
        let (message, _) = message(&["a"], &AlertRules::default());
        let table: [(&[Route], Option<Route>); 4] = [
            (&[Route::Sms, Route::Mail], Some(Route::Mail)),
            (&[Route::Mail, Route::Sms], None),
            (&[Route::Mail], Some(Route::Mail)),
            (&[], None),
        ];
        for (routes, next) in table {
            let person = Person {
                id: message.person.clone(),
                name: "张三".to_owned(),
                phone: None,
                mail: None,
                robot: None,
                presence: Presence::default(),
                routes: routes.to_vec(),
                duties: Vec::new(),
            };
            assert_eq!(next_route(&message, &person), next, "{routes:?}");
        }
    }

    #[test]
    fn a_route_is_left_after_so_long_counted_over_days() {
        let (mut message, _) = message(&["a"], &AlertRules::default());
        let after = TimeDelta::hours(4);
        assert_eq!(leaves_at(&message, after), None, "nothing failed");
        let last_error = Some("503".to_owned());
        message.delivery = Delivery::Queued { last_error };
        assert_eq!(leaves_at(&message, after), Some(at(WRITTEN) + after));
        let before = at(WRITTEN) - TimeDelta::days(2);
        message.unsent_since = Some(before);
        assert_eq!(leaves_at(&message, after), Some(before + after));
    }
}
