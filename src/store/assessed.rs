//! Reading back what the assessment rests on: days of sites, inspections, letters, guides, documents,
//! candidates and what people entered, decided and closed.

use serde::de::DeserializeOwned;

use super::apply::StoredObservation;
use super::error::StoreError;
use super::keys;
use super::reading::Reader;
use super::table::Table;
use crate::domain::candidate::{Candidate, Decision};
use crate::domain::closing::{ClosedPiece, Closing, Statement};
use crate::domain::document::Document;
use crate::domain::entry::Entry;
use crate::domain::guide::Guide;
use crate::domain::id::{ColumnId, SiteId};
use crate::domain::inspection::Inspection;
use crate::domain::letter::Letter;
use crate::domain::site_day::SiteDay;
use crate::domain::target::Target;
use crate::domain::time::{Date, date_of};

impl Reader<'_> {
    /// What people entered for the assessment, the oldest first.
    pub fn entries(&mut self) -> Result<Vec<Entry>, StoreError> {
        self.all(Table::Entries, &[])
    }

    /// The days of a site from `first` to `last`, both included.
    pub fn site_days(
        &mut self,
        site: &SiteId,
        first: Date,
        last: Date,
    ) -> Result<Vec<SiteDay>, StoreError> {
        self.of_days(Table::SiteDays, site, first, last)
    }

    /// The first day that the store tells of: of the earliest visit, or sample of one of `sites`.
    pub fn known_since(&mut self, sites: &[SiteId]) -> Result<Option<Date>, StoreError> {
        let visit: Option<StoredObservation> = self.first(Table::Observations, &[])?;
        let mut since = visit.map(|visit| date_of(visit.observed_at));
        for site in sites {
            let day: Option<SiteDay> = self.first(Table::SiteDays, &keys::site(site))?;
            let both = since.into_iter().chain(day.map(|day| day.on));
            since = both.min();
        }
        Ok(since)
    }

    /// The inspections of a site from `first` to `last`, both included.
    pub fn inspections(
        &mut self,
        site: &SiteId,
        first: Date,
        last: Date,
    ) -> Result<Vec<Inspection>, StoreError> {
        self.of_days(Table::Inspections, site, first, last)
    }

    /// The latest inspection of a site from `first` to `last`, both included.
    pub fn latest_inspection(
        &mut self,
        site: &SiteId,
        first: Date,
        last: Date,
    ) -> Result<Option<Inspection>, StoreError> {
        let after = last.succ_opt().unwrap_or(last);
        let (start, end) = (keys::site_day(site, first), keys::site_day(site, after));
        for entry in self.engine.rows_before(Table::Inspections, &end)?.rev() {
            let (key, row) = entry?;
            if key.as_ref() < start.as_slice() {
                break;
            }
            let inspection = self.value(Table::Inspections, &key, &row)?;
            if inspection.is_some() {
                return Ok(inspection);
            }
        }
        Ok(None)
    }

    /// The letters of a column.
    pub fn letters(&mut self, column: &ColumnId) -> Result<Vec<Letter>, StoreError> {
        self.all(Table::Letters, &keys::column(column))
    }

    /// The service guides of a site.
    pub fn guides(&mut self, site: &SiteId) -> Result<Vec<Guide>, StoreError> {
        self.all(Table::Guides, &keys::site(site))
    }

    /// The pages of documents or interpretations of a column.
    pub fn documents(&mut self, column: &ColumnId) -> Result<Vec<Document>, StoreError> {
        self.all(Table::Documents, &keys::column(column))
    }

    /// Links of a site that led nowhere.
    pub fn targets(&mut self, site: &SiteId) -> Result<Vec<Target>, StoreError> {
        self.all(Table::Targets, &keys::site(site))
    }

    /// The versions of a closed period, the first first.
    pub fn closings(&mut self, period: &str) -> Result<Vec<Closing>, StoreError> {
        self.all(Table::Closings, &keys::period(period))
    }

    /// The pieces of one version.
    pub fn closed_pieces(
        &mut self,
        period: &str,
        version: u32,
    ) -> Result<Vec<ClosedPiece>, StoreError> {
        self.all(Table::ClosedPieces, &keys::closing(period, version))
    }

    /// What inspections found, of one site or of all.
    pub fn candidates(&mut self, site: Option<&SiteId>) -> Result<Vec<Candidate>, StoreError> {
        let prefix = site.map(keys::site).unwrap_or_default();
        self.all(Table::Candidates, &prefix)
    }

    /// What people decided of candidates, the oldest first.
    pub fn decisions(&mut self) -> Result<Vec<Decision>, StoreError> {
        self.all(Table::Decisions, &[])
    }

    /// What units say, the oldest first.
    pub fn statements(&mut self) -> Result<Vec<Statement>, StoreError> {
        self.all(Table::Statements, &[])
    }

    fn of_days<T: DeserializeOwned>(
        &mut self,
        table: Table,
        site: &SiteId,
        first: Date,
        last: Date,
    ) -> Result<Vec<T>, StoreError> {
        let (start, end) = (keys::site_day(site, first), keys::site_day(site, last));
        let mut days = Vec::new();
        for entry in self.engine.rows_from(table, &start)? {
            let (key, row) = entry?;
            if key.as_ref() > end.as_slice() {
                break;
            }
            days.extend(self.value(table, &key, &row)?);
        }
        Ok(days)
    }
}
