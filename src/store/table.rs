//! The tables of the store, and how their keys are made.

/// One table, one tree of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Column → what is known of it now.
    Records,
    /// Time, column → what a visit saw.
    Observations,
    /// Column, time descending → nothing: finds a column's newest observations.
    ObservationsByColumn,
    /// Column, hash → a finding that observations refer to.
    Findings,
    /// Column → its latest two observations in short, to tell repetitions.
    Tails,
    /// Column, hash of address or title → item.
    Items,
    /// Subject and kind → incident that is suspected or open.
    OpenIncidents,
    /// End, subject and kind → incident that is over.
    ClosedIncidents,
    /// Key → notice that waits.
    WaitingNotices,
    /// Key → notice that waits no more.
    Notices,
    /// Creation, key → message.
    Messages,
    /// Key → creation, the other half of a message's key.
    MessagePlaces,
    /// Creation, key → nothing: the messages whose delivery is not final.
    OpenMessages,
    /// Task → its latest run.
    Runs,
    /// Hash, number → a piece of a value that is too long for one row.
    Pieces,
    /// Table, key → the bytes of a damaged row.
    Quarantine,
    /// One row: how far the journal was applied, and the sums over all other tables.
    State,
    /// Column, hash of kind and item → flag.
    Flags,
    /// Host → what it answers for missing paths.
    Hosts,
    /// Column → the latest word that its list is as it now is.
    Acceptances,
    /// Site → what is known of its home page.
    Homes,
    /// Time, hash → act of a person.
    Acts,
    /// Site, day → what samples of that day saw.
    SiteDays,
    /// Time, hash → what a person entered for the assessment.
    Entries,
    /// Site, day → what an inspection of its pages saw.
    Inspections,
    /// Site, hash of the address → a link that led nowhere.
    Targets,
    /// Period, version → a closed period of assessment.
    Closings,
    /// Period, version, number → a piece of what was closed.
    ClosedPieces,
    /// Time, hash → what a unit says to a point.
    Statements,
    /// Site, hash of the key → what an inspection found and a person has to judge.
    Candidates,
    /// Time, hash → what somebody decided of a candidate.
    Decisions,
    /// Column, hash of its name → a letter.
    Letters,
    /// Site, hash of the address → a service guide.
    Guides,
    /// Column, hash of the address → a page of a document or an interpretation.
    Documents,
}

impl Table {
    /// Every table. A table's place in this list is written to disk; new ones go to the end.
    pub const ALL: [Table; 34] = [
        Table::Records,
        Table::Observations,
        Table::ObservationsByColumn,
        Table::Findings,
        Table::Tails,
        Table::Items,
        Table::OpenIncidents,
        Table::ClosedIncidents,
        Table::WaitingNotices,
        Table::Notices,
        Table::Messages,
        Table::MessagePlaces,
        Table::OpenMessages,
        Table::Runs,
        Table::Pieces,
        Table::Quarantine,
        Table::State,
        Table::Flags,
        Table::Hosts,
        Table::Acceptances,
        Table::Homes,
        Table::Acts,
        Table::SiteDays,
        Table::Entries,
        Table::Inspections,
        Table::Targets,
        Table::Closings,
        Table::ClosedPieces,
        Table::Statements,
        Table::Candidates,
        Table::Decisions,
        Table::Letters,
        Table::Guides,
        Table::Documents,
    ];

    /// The name of its tree.
    pub fn name(self) -> &'static str {
        match self {
            Table::Records => "records",
            Table::Observations => "observations",
            Table::ObservationsByColumn => "observations-by-column",
            Table::Findings => "findings",
            Table::Tails => "tails",
            Table::Items => "items",
            Table::OpenIncidents => "open-incidents",
            Table::ClosedIncidents => "closed-incidents",
            Table::WaitingNotices => "waiting-notices",
            Table::Notices => "notices",
            Table::Messages => "messages",
            Table::MessagePlaces => "message-places",
            Table::OpenMessages => "open-messages",
            Table::Runs => "runs",
            Table::Pieces => "pieces",
            Table::Quarantine => "quarantine",
            Table::State => "state",
            Table::Flags => "flags",
            Table::Hosts => "hosts",
            Table::Acceptances => "acceptances",
            Table::Homes => "homes",
            Table::Acts => "acts",
            Table::SiteDays => "site-days",
            Table::Entries => "entries",
            Table::Inspections => "inspections",
            Table::Targets => "targets",
            Table::Closings => "closings",
            Table::ClosedPieces => "closed-pieces",
            Table::Statements => "statements",
            Table::Candidates => "candidates",
            Table::Decisions => "decisions",
            Table::Letters => "letters",
            Table::Guides => "guides",
            Table::Documents => "documents",
        }
    }

    /// Its number on disk.
    pub fn tag(self) -> u8 {
        self as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_stands_in_the_list_where_its_number_says() {
        for (place, table) in Table::ALL.iter().enumerate() {
            assert_eq!(usize::from(table.tag()), place, "{}", table.name());
        }
    }
}
