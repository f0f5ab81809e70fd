//! Who there is before anybody was added: the first administrator, and everybody of a demonstration.

use crate::store::{Error, NewPerson, Person, Role, Store, now};

/// What the first administrator signs in with.
const ADMIN: &str = "admin";

/// The token of a one-time link for the first administrator, while nobody has a password. A new one ends the one before.
/// # Errors
/// [`Error::Database`], [`Error::Vault`].
pub async fn first_admin(store: &Store) -> Result<Option<String>, Error> {
    if store.has_passwords().await? {
        return Ok(None);
    }
    let known = store.people().await?.into_iter().find(|person| person.login == ADMIN);
    let mut tx = store.begin().await?;
    let admin = match known {
        Some(person) => person,
        None => {
            let admin = NewPerson {
                login: ADMIN.into(),
                name: ADMIN.into(),
                centre: None,
                roles: vec![Role::Admin],
                started_on: now().date(),
            };
            store.add_person(&mut tx, admin).await?
        }
    };
    let token = store.invite(&mut tx, admin.id).await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// The centre and the person of a demonstration, with every role.
/// # Errors
/// [`Error::Database`], [`Error::Vault`].
pub async fn demo_person(store: &Store) -> Result<Person, Error> {
    let mut tx = store.begin().await?;
    let centre = store.add_centre(&mut tx, "Demo", false).await?;
    let person = NewPerson {
        login: "demo".into(),
        name: "Demo".into(),
        centre: Some(centre.id),
        roles: Role::ALL.to_vec(),
        started_on: now().date(),
    };
    let person = store.add_person(&mut tx, person).await?;
    tx.commit().await?;
    Ok(person)
}
