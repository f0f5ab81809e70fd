//! Tables that only grow, held to it by the database itself: what a bug or a hand at the database's prompt must not do.

use super::Backend;

/// A table whose rows are not changed, and when one may go.
struct Guard {
    table: &'static str,
    /// When a row may be deleted, as a condition on `OLD`; never without one.
    deletable: Option<&'static str>,
}

/// Erasure of a person (GDPR Art. 17) takes the decisions of a case that is marked as erased, and only those.
const ERASED: &str = "EXISTS (SELECT 1 FROM cases JOIN interviews ON interviews.case_id = cases.id \
     WHERE interviews.id = OLD.interview_id AND cases.erased_at IS NOT NULL)";

const GUARDS: [Guard; 4] = [
    Guard { table: "assessments", deletable: None },
    Guard { table: "decisions", deletable: Some(ERASED) },
    Guard { table: "audit", deletable: None },
    Guard { table: "model_choices", deletable: None },
];

/// Statements that set the guards; they may be run again.
pub(super) fn statements(backend: Backend) -> String {
    let mut sql = String::new();
    for guard in &GUARDS {
        for event in ["UPDATE", "DELETE"] {
            let allowed = guard.deletable.filter(|_| event == "DELETE").unwrap_or("1 = 0");
            sql.push_str(&trigger(backend, (guard.table, event, allowed)));
        }
    }
    sql
}

fn trigger(backend: Backend, (table, event, allowed): (&str, &str, &str)) -> String {
    let name = format!("{table}_no_{}", event.to_lowercase());
    match backend {
        Backend::Sqlite => format!(
            "CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table} WHEN NOT ({allowed}) \
             BEGIN SELECT RAISE(ABORT, '{table} only grows'); END;\n"
        ),
        // The one who deletes must be told: a trigger that returns nothing would leave the row without a word.
        Backend::Postgres => format!(
            "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN \
             IF NOT ({allowed}) THEN RAISE EXCEPTION '{table} only grows'; END IF; RETURN OLD; END $guard$;\n\
             CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}();\n"
        ),
    }
}
