//! Holding the store against its journal: builds a second store from the journal and compares
//! row by row. Offline; changes nothing.

use super::course::JournalDamage;
use super::engine::{Engine, Scan};
use super::error::StoreError;
use super::files;
use super::journal::Journal;
use super::opening::{self, Places};
use super::settings::StoreSettings;
use super::table::Table;

/// What the comparison showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Rows that both have and that agree.
    pub equal: u64,
    /// Rows that both have and that differ.
    pub different: u64,
    /// Rows that only the journal gives.
    pub missing: u64,
    /// Rows that only the store has.
    pub surplus: u64,
    /// Rows whose checksum does not fit.
    pub damaged: u64,
    /// Rows set aside earlier.
    pub quarantined: u64,
    /// What is wrong with the journal.
    pub journal: JournalDamage,
}

impl Verified {
    /// Whether everything is as it should be.
    pub fn is_sound(&self) -> bool {
        *self
            == Verified {
                equal: self.equal,
                ..Verified::default()
            }
    }
}

/// Compares the store with its journal. The store must not be open.
pub fn verify(settings: &StoreSettings) -> Result<Verified, StoreError> {
    let _lock = opening::lock(&settings.dir)?;
    let places = Places::below(&settings.dir);
    let (journal, _) = Journal::open(&places.journal)?;
    let mut engine = Engine::open(&places.store, settings.cache_bytes)?;
    let scan = engine.scan()?;
    opening::catch_up(&mut engine, &journal)?;
    let second_dir = settings.dir.join("verify");
    files::remove_dir(&second_dir)?;
    let beginning = journal.beginning()?;
    let mut second = Engine::open(&second_dir, settings.cache_bytes)?;
    let journal = opening::apply_after(&mut second, &journal, beginning)?;
    let verified = compare(&engine, &second, &scan, journal)?;
    drop(second);
    files::remove_dir(&second_dir)?;
    Ok(verified)
}

fn compare(
    store: &Engine,
    second: &Engine,
    scan: &Scan,
    journal: JournalDamage,
) -> Result<Verified, StoreError> {
    let mut verified = Verified {
        damaged: scan.damaged.len() as u64,
        quarantined: store.count(Table::Quarantine),
        journal,
        ..Verified::default()
    };
    for table in Table::ALL {
        // Tails follow from observations; the state differs by the way that led to it.
        if !matches!(table, Table::Tails | Table::State | Table::Quarantine) {
            compare_table(store, second, table, &mut verified)?;
        }
    }
    Ok(verified)
}

fn compare_table(
    store: &Engine,
    second: &Engine,
    table: Table,
    verified: &mut Verified,
) -> Result<(), StoreError> {
    for entry in store.rows(table, &[])? {
        let (key, row) = entry?;
        match second.get(table, &key)? {
            None => verified.surplus += 1,
            Some(other) if other == row => verified.equal += 1,
            Some(_) => verified.different += 1,
        }
    }
    for entry in second.rows(table, &[])? {
        let (key, _) = entry?;
        if store.get(table, &key)?.is_none() {
            verified.missing += 1;
        }
    }
    Ok(())
}
