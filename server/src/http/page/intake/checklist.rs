//! What is still to be known before actions are explored: every fact once, with the actions that ask for it.

use crate::conditions::Condition;
use crate::http::page::findings::Action;

/// A fact of the checklist.
#[derive(Debug)]
pub(super) struct Asked {
    /// As [`Condition::key`].
    pub(super) key: String,
    pub(super) question: &'static str,
    /// Names of the actions that ask for it.
    pub(super) actions: String,
}

/// The facts of some actions: what several of them ask for first, else in the order of the actions.
pub(super) fn asked<'a>(actions: impl IntoIterator<Item = &'a Action<'a>>) -> Vec<Asked> {
    gather(actions.into_iter().map(|action| (action.label, action.conditions.as_slice())))
}

fn gather<'a>(actions: impl Iterator<Item = (&'a str, &'a [Condition])>) -> Vec<Asked> {
    let mut asked: Vec<(Asked, usize)> = Vec::new();
    for (label, conditions) in actions {
        for condition in conditions {
            if let Some((known, n)) = asked.iter_mut().find(|(a, _)| a.key == condition.key) {
                known.actions.push_str(" · ");
                known.actions.push_str(label);
                *n += 1;
            } else {
                let Condition { key, question, .. } = condition;
                asked.push((Asked { key: key.clone(), question, actions: label.to_owned() }, 1));
            }
        }
    }
    // Stable: those that as many actions ask for stay in the order of the actions.
    asked.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    asked.into_iter().map(|(asked, _)| asked).collect()
}

#[cfg(test)]
mod tests {
    use relat_engine::{Language, Taxonomy};

    use super::*;
    use crate::conditions;

    #[test]
    fn every_fact_of_the_catalogue_is_asked_once_and_names_every_action_that_asks_it() {
        let t = Taxonomy::shipped();
        let all: Vec<_> = t
            .actions()
            .iter()
            .map(|a| (a.labels.get(Language::Ca), conditions::of(&a.code, Language::Ca)))
            .collect();
        let asked = gather(all.iter().map(|(label, conditions)| (*label, conditions.as_slice())));
        let named = |a: &Asked| a.actions.split(" · ").count();
        assert!(asked.windows(2).all(|two| named(&two[0]) >= named(&two[1])));
        for one in &asked {
            assert_eq!(asked.iter().filter(|a| a.key == one.key).count(), 1, "help: {}", one.key);
            let asking = all.iter().filter(|(_, c)| c.iter().any(|c| c.key == one.key)).count();
            assert_eq!(named(one), asking, "help: {}", one.key);
        }
        let total: usize = all.iter().map(|(_, conditions)| conditions.len()).sum();
        assert_eq!(asked.iter().map(named).sum::<usize>(), total);
        assert!(asked.len() < total, "help: some facts are shared");
    }
}
