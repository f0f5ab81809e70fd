//! What is still to be known before an action of the catalogue is explored: questions in the worker's language.
//!
//! The catalogue has its conditions as short English notes; here each is a question whose “yes” speaks for the action. A
//! “no” to something that is needed sets the action aside on the page, and never more: nobody is entitled to anything by
//! these answers, nor refused anything.

use std::collections::HashMap;
use std::sync::LazyLock;

use relat_engine::Language;

use crate::words;

/// A fact of the catalogue's conditions.
#[derive(Debug)]
struct Fact {
    /// It has another answer for each action, such as an income under a limit.
    is_of_action: bool,
    asks: [&'static str; 3],
}

/// What an action asks for.
#[derive(Debug, Default)]
struct Conditions {
    needed: Vec<&'static str>,
    useful: Vec<&'static str>,
    law: &'static str,
}

static FACTS: LazyLock<HashMap<&str, Fact>> = LazyLock::new(|| {
    let lines = include_str!("../words/facts.tsv").lines().skip(1);
    let fact = |line: &'static str| {
        let mut fields = line.split('\t');
        let code = fields.next()?;
        let is_of_action = fields.next()? == "action";
        Some((code, Fact { is_of_action, asks: [fields.next()?, fields.next()?, fields.next()?] }))
    };
    lines.filter_map(fact).collect()
});

static CONDITIONS: LazyLock<HashMap<&str, Conditions>> = LazyLock::new(|| {
    let lines = include_str!("../words/conditions.tsv").lines().skip(1);
    let list = |field: &'static str| field.split(';').filter(|fact| !fact.is_empty()).collect();
    let conditions = |line: &'static str| {
        let mut fields = line.split('\t');
        let action = fields.next()?;
        let (needed, useful) = (list(fields.next()?), list(fields.next()?));
        Some((action, Conditions { needed, useful, law: fields.next()? }))
    };
    lines.filter_map(conditions).collect()
});

/// Something to be known before an action is explored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// The same for every action to which one answer is the answer.
    pub(crate) key: String,
    /// Without a “yes” the action is hardly worth exploring.
    pub(crate) is_needed: bool,
    pub(crate) question: &'static str,
    /// One answer holds for every action that asks it.
    pub(crate) is_shared: bool,
}

/// What an action of the catalogue asks for, in its order.
pub(crate) fn of(action: &str, language: Language) -> Vec<Condition> {
    let Some(conditions) = CONDITIONS.get(action) else { return Vec::new() };
    let needed = conditions.needed.iter().map(|fact| (*fact, true));
    let useful = conditions.useful.iter().map(|fact| (*fact, false));
    let condition = |(code, is_needed): (&'static str, bool)| {
        let fact = FACTS.get(code)?;
        let question = words::pick(fact.asks, language);
        let key = if fact.is_of_action { format!("{action}.{code}") } else { code.to_owned() };
        Some(Condition { key, is_needed, question, is_shared: !fact.is_of_action })
    };
    needed.chain(useful).filter_map(condition).collect()
}

/// The law that a condition rests on, by its name; empty where the catalogue has none.
pub(crate) fn law(action: &str) -> &'static str {
    CONDITIONS.get(action).map_or("", |conditions| conditions.law)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use relat_engine::{ActionKind, Taxonomy};

    use super::*;
    use crate::words::INTERFACE;

    #[test]
    fn every_condition_of_the_catalogue_is_a_question_in_three_languages() {
        let t = Taxonomy::shipped();
        for action in t.actions() {
            for language in INTERFACE {
                let asked = of(&action.code, language);
                assert_eq!(asked.is_empty(), action.to_check.is_empty(), "help: {}", action.code);
                for condition in asked {
                    assert!(condition.question.contains('?'), "help: {}", condition.key);
                }
            }
        }
        let listed: HashSet<_> =
            CONDITIONS.values().flat_map(|c| c.needed.iter().chain(&c.useful)).copied().collect();
        assert_eq!(
            listed,
            FACTS.keys().copied().collect(),
            "help: a fact that no action asks, or that is none"
        );
        assert!(CONDITIONS.keys().all(|action| t.action(action).is_some()), "help: a condition of no action");
        // What is for today is never set aside by an answer.
        for action in t.actions().iter().filter(|action| action.kind == ActionKind::Emergency) {
            let asked = of(&action.code, Language::Ca);
            assert!(asked.iter().all(|condition| !condition.is_needed), "help: {}", action.code);
        }
    }

    #[test]
    fn an_answer_is_shared_only_where_it_is_the_same_for_every_action() {
        let [one, other] = ["guaranteed_income", "rent_aid"].map(|action| of(action, Language::En));
        assert!(one.iter().all(|c| c.is_shared && !c.key.contains('.')));
        let income = other.iter().find(|c| c.key.ends_with("income_under_limit")).unwrap();
        assert_eq!((income.key.as_str(), income.is_shared), ("rent_aid.income_under_limit", false));
    }
}
