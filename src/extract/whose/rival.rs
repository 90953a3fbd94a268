//! The list for which as much speaks as for the dated one that would decide. Size tells little: a
//! column may have five items, and the newest of a whole site stands beside them in twenty rows.

use std::collections::HashSet;

use super::candidates::{Candidate, Claim, is_of_articles};
use super::{Sure, Whose};
use crate::extract::banner::Banner;
use crate::extract::blocks;
use crate::extract::view::View;

/// The fewest rows of a list that may be the page's main one.
const LEAST: usize = 5;

/// The list that may be the column's as well as the best of the dated ones at `places`. A list
/// without dates that outweighs these is the page's main one; else nothing tells which of them is.
pub fn of(view: &View, all: &[Candidate], places: &[usize], best: &Candidate) -> Option<Whose> {
    let headed = matches!(best.banner, Banner::Named) && !best.shared;
    let led = best.inside && best.claim == Claim::Own;
    if best.dated == 0 || headed || led || best.paged {
        return None;
    }
    let deciding: Vec<&Candidate> = places.iter().filter_map(|at| all.get(*at)).collect();
    let beside = |one: &&Candidate| {
        let apart = deciding.iter().all(|other| other.rows != one.rows);
        // A list below the trail is surer than one that is not.
        let sure = best.claim == Claim::Own && one.claim < Claim::Own;
        apart
            && !sure
            && one.claim >= Claim::Open
            && one.rows.len() >= LEAST
            && is_of_articles(view, one)
            && !is_excerpt(view, one, &deciding)
            && (!is_of_pictures(view, one) || is_of_pictures(view, best))
    };
    let rows = deciding.iter().map(|one| one.rows.len()).sum();
    let mass = deciding.iter().map(|one| one.mass).sum();
    let rivals = || all.iter().filter(beside);
    let size = |one: &&Candidate| (one.rows.len(), one.mass);
    let undated = rivals().filter(|one| one.dated == 0).max_by_key(size);
    let dated = || {
        let newest = deciding
            .iter()
            .filter_map(|one| blocks::newest(view, &one.rows))
            .max();
        let other = |one: &&Candidate| {
            let own = blocks::newest(view, &one.rows);
            own.is_some() && own != newest && one.rows.len() * 2 >= rows
        };
        rivals().filter(other).max_by_key(size)
    };
    let rival = undated.or_else(dated)?;
    let longer = rival.dated == 0 && rival.rows.len() >= rows && rival.mass >= mass;
    Some(Whose {
        claim: if longer { Sure::Own } else { Sure::Torn },
        ..Whose::own(rival.rows.clone())
    })
}

/// Whether most of a list stands in others too: it shows what these have.
fn is_excerpt(view: &View, one: &Candidate, others: &[&Candidate]) -> bool {
    let urls = |rows: &[usize]| {
        let rows = rows.iter().filter_map(|at| view.rows.get(*at));
        let urls: HashSet<&str> = rows
            .filter_map(|row| Some(row.url.as_ref()?.as_str()))
            .collect();
        urls
    };
    let theirs: HashSet<&str> = others.iter().flat_map(|other| urls(&other.rows)).collect();
    let own = urls(&one.rows);
    let again = own.iter().filter(|url| theirs.contains(*url)).count();
    again > 0 && again * 2 >= own.len()
}

/// Whether most rows of a list are links with a picture: the slides above a list, or a gallery.
fn is_of_pictures(view: &View, one: &Candidate) -> bool {
    let dom = view.dom;
    let linked = |at: usize| dom.tag(at) == "a" || dom.tag(dom.parent(at)) == "a";
    let pictured = |at: &&usize| {
        let block = view.rows.get(**at).map_or(usize::MAX, |row| row.block);
        block < dom.len() && {
            let mut inside = dom.range(block, dom.end(block));
            inside.any(|(_, node)| node.tag == "img" && linked(node.parent))
        }
    };
    one.rows.iter().filter(pictured).count() * 2 > one.rows.len()
}
