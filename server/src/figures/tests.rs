use proptest::prelude::*;
use time::Month;

use super::*;

/// A person, a month, needs by index, what became of three suggestions.
type Told = (u8, u8, Vec<usize>, Vec<(usize, usize)>);

fn told() -> impl Strategy<Value = Vec<Told>> {
    let outcomes = prop::collection::vec((0usize..6, 0usize..4), 0..4);
    prop::collection::vec((0u8..12, 1u8..=12, prop::collection::vec(0usize..57, 0..5), outcomes), 0..60)
}

fn sittings(told: &[Told]) -> Vec<Sitting> {
    let taxonomy = Taxonomy::shipped();
    let code = |index: &usize| taxonomy.needs()[*index % taxonomy.needs().len()].code.clone();
    let sitting = |(person, month, needs, outcomes): &Told| Sitting {
        interview: Uuid::now_v7(),
        case: Uuid::from_u128(u128::from(*person) + 1),
        author: Uuid::from_u128(u128::from(*person % 3) + 1),
        held_on: Date::from_calendar_date(2026, Month::try_from(*month).unwrap(), 14).unwrap(),
        closed: person % 2 == 0,
        needs: needs.iter().map(code).collect(),
        outcomes: outcomes
            .iter()
            .map(|(need, outcome)| (Kind::Need, code(need), format!("m {}", person % 2), *outcome))
            .collect(),
        alerts: Vec::new(),
    };
    told.iter().map(sitting).collect()
}

proptest! {
    /// Every number that is shown is the number of needs that were decided, counted here another way.
    #[test]
    fn what_is_shown_of_needs_is_what_was_decided(told in told()) {
        let sittings = sittings(&told);
        let table = needs(&sittings);
        let taxonomy = Taxonomy::shipped();
        let decided = |domain: Option<usize>, month: Option<usize>| {
            let of_month = sittings.iter().filter(|s| month.is_none_or(|m| s.month() == m));
            let of_domain = |code: &&String| {
                let need = &taxonomy.needs()[taxonomy.need(code).unwrap()];
                domain.is_none_or(|domain| need.domain == domain)
            };
            let n: usize = of_month.map(|s| s.needs.iter().filter(of_domain).count()).sum();
            u64::try_from(n).unwrap()
        };
        let check = |shown: Option<u64>, n: u64| shown.is_none_or(|shown| shown == n);
        for (domain, row) in table.cells.iter().enumerate() {
            for (month, shown) in row.iter().enumerate() {
                prop_assert!(check(*shown, decided(Some(domain), Some(month))));
            }
            prop_assert!(check(table.rows[domain], decided(Some(domain), None)));
        }
        for (month, shown) in table.columns.iter().enumerate() {
            prop_assert!(check(*shown, decided(None, Some(month))));
        }
        prop_assert!(check(table.total, decided(None, None)));
        let people: BTreeSet<Uuid> = sittings.iter().filter(|s| !s.needs.is_empty()).map(|s| s.case).collect();
        prop_assert_eq!(table.total.is_some(), people.len() >= LEAST);
    }

    /// Each model's total is the number of its outcomes, and no share is told of a row with anything hidden.
    #[test]
    fn what_became_of_suggestions_adds_up(told in told()) {
        let sittings = sittings(&told);
        for of_model in acceptance(&sittings) {
            let all = sittings.iter().flat_map(|s| &s.outcomes).filter(|(_, _, model, _)| *model == of_model.model).count();
            prop_assert!(of_model.table.total.is_none_or(|total| total == u64::try_from(all).unwrap()));
            for (i, row) in of_model.table.cells.iter().enumerate() {
                let told = of_model.accepted(i);
                prop_assert!(told.is_none_or(|share| (0.0..=1.0).contains(&share)));
                prop_assert!(told.is_none() || row.iter().take(3).all(Option::is_some));
            }
        }
        let work = workload(&sittings);
        prop_assert_eq!(work.values().map(|w| w.interviews).sum::<usize>(), sittings.len());
        prop_assert_eq!(work.values().map(|w| w.open).sum::<usize>(), sittings.iter().filter(|s| !s.closed).count());
    }
}
