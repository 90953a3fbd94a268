//! Who may do what.

use super::viewer::Viewer;
use crate::domain::account::Role;
use crate::domain::id::UnitId;

/// What somebody may do beside looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Answer for a column that is late.
    Answer,
    /// Exempt columns, and end it.
    Exempt,
    /// Let a proposed escalation go out.
    Release,
    /// Let messages wait, and lift it.
    Hold,
    /// Take a changed list for the column's.
    Accept,
    /// Have a column visited now.
    Visit,
    /// Let a site rest: it is exempt and not visited.
    Pause,
    /// Confirm and reject what inspections suspect.
    Decide,
    /// Enter finds where the program does not measure.
    Score,
    /// Say something to a point of the assessment, for the unit.
    State,
    /// Close a period of assessment, and correct it.
    Close,
    /// Try other thresholds on the past.
    Try,
    /// Take the settings along as a file.
    Settings,
    /// Send a test message.
    Test,
    /// End the trial run.
    GoLive,
}

impl Right {
    /// Every right.
    pub const ALL: [Right; 15] = [
        Right::Answer,
        Right::Exempt,
        Right::Release,
        Right::Hold,
        Right::Accept,
        Right::Visit,
        Right::Pause,
        Right::Decide,
        Right::Score,
        Right::State,
        Right::Close,
        Right::Try,
        Right::Settings,
        Right::Test,
        Right::GoLive,
    ];
}

/// Whether a role may do it, about what `unit` answers for.
pub fn may(role: &Role, right: Right, unit: &UnitId) -> bool {
    match role {
        Role::Operator | Role::Assessor | Role::Viewer => may_for_all(role, right),
        Role::Unit(own) => matches!(right, Right::Answer | Right::State) && own == unit,
    }
}

/// Whether a role may do it about whatever is watched.
fn may_for_all(role: &Role, right: Right) -> bool {
    match role {
        Role::Operator => true,
        Role::Assessor => matches!(
            right,
            Right::Exempt
                | Right::Release
                | Right::Decide
                | Right::Score
                | Right::Close
                | Right::Try
        ),
        Role::Unit(_) | Role::Viewer => false,
    }
}

impl Viewer {
    /// Whether the viewer may do it, about what `unit` answers for.
    pub fn may(&self, right: Right, unit: &UnitId) -> bool {
        match self {
            Viewer::Anybody => false,
            Viewer::Signed(signed) => may(&signed.role, right, unit),
            Viewer::Client(client) => may(&client.role, right, unit),
        }
    }

    /// Whether the viewer may do it about whatever is watched.
    pub fn may_for_all(&self, right: Right) -> bool {
        match self {
            Viewer::Anybody => false,
            Viewer::Signed(signed) => may_for_all(&signed.role, right),
            Viewer::Client(client) => may_for_all(&client.role, right),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_answers_for_itself_and_who_looks_on_does_nothing() {
        let unit = |text| UnitId::parse(text).unwrap();
        let own = Role::Unit(unit("kxw"));
        for right in Right::ALL {
            assert!(may(&Role::Operator, right, &unit("kxw")));
            assert!(!may(&Role::Viewer, right, &unit("kxw")));
            let of_units = matches!(right, Right::Answer | Right::State);
            assert_eq!(may(&own, right, &unit("kxw")), of_units);
            assert!(!may(&own, right, &unit("wjw")));
        }
        assert!(may(&Role::Assessor, Right::Exempt, &unit("kxw")));
        assert!(!may(&Role::Assessor, Right::State, &unit("kxw")));
        assert!(!may(&Role::Assessor, Right::Hold, &unit("kxw")));
        assert!(may(&Role::Assessor, Right::Try, &unit("kxw")));
        assert!(!may(&Role::Assessor, Right::Settings, &unit("kxw")));
    }
}
