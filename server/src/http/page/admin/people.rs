//! People: who they are, what they may do, where, and whether they may come in.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::Date;
use uuid::Uuid;

use super::{Tab, Tabs, answered, centres_of, chosen, keeps, role_word, tabs, text, to_mend};
use crate::http::Error;
use crate::http::accounts::{self as api, AddPerson, Nothing, Switch};
use crate::http::caller::{Grant, Right};
use crate::http::extract::Path;
use crate::http::once::{Begun, Once};
use crate::http::page::locale::day;
use crate::http::page::shell::{Room, Shell, Visitor, fresh_key, page};
use crate::state::AppState;
use crate::store::audit::Note;
use crate::store::{Centre, Person, Role, day as iso, now, parse_day};

struct Row {
    id: Uuid,
    name: String,
    login: String,
    centre: String,
    roles: String,
    enabled: bool,
}

#[derive(Template)]
#[template(path = "admin/people.html")]
struct List {
    shell: Shell,
    tabs: Tabs,
    people: Vec<Row>,
}

pub(super) async fn list(State(state): State<AppState>, visitor: Visitor) -> Result<Response, Error> {
    let grant = visitor.may(Right::Manage)?;
    let centres = state.store.centres().await?;
    let mut people: Vec<Person> = state.store.people().await?;
    people.retain(|person| keeps(&grant, person.centre));
    people.sort_by_key(|person| (!person.enabled, person.name.to_lowercase()));
    let row = |person: Person| Row {
        id: person.id,
        centre: centre_name(&centres, person.centre),
        roles: person.roles.iter().map(|role| role_word(*role, visitor.w)).collect::<Vec<_>>().join(", "),
        name: person.name,
        login: person.login,
        enabled: person.enabled,
    };
    let people = people.into_iter().map(row).collect();
    page(
        &List { shell: visitor.shell(Room::Admin), tabs: tabs(&visitor, Tab::People), people },
        StatusCode::OK,
    )
}

fn centre_name(centres: &[Centre], id: Option<Uuid>) -> String {
    let centre = centres.iter().find(|centre| Some(centre.id) == id);
    centre.map(|centre| centre.name.clone()).unwrap_or_default()
}

/// A box to tick: field, word, whether it is ticked.
type Tick = (&'static str, &'static str, bool);
/// A centre to choose: value, name, whether it is chosen.
type Choice = (String, String, bool);

/// Centre and roles, as the forms send them; a box that is not ticked is not sent.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Duties {
    #[serde(default)]
    centre: String,
    worker: Option<String>,
    supervisor: Option<String>,
    data: Option<String>,
    ethics: Option<String>,
    admin: Option<String>,
}

impl Duties {
    fn boxes(&self) -> [(Role, &'static str, bool); 5] {
        [
            (Role::Worker, "worker", self.worker.is_some()),
            (Role::Supervisor, "supervisor", self.supervisor.is_some()),
            (Role::Data, "data", self.data.is_some()),
            (Role::Ethics, "ethics", self.ethics.is_some()),
            (Role::Admin, "admin", self.admin.is_some()),
        ]
    }

    fn roles(&self) -> Vec<Role> {
        self.boxes().into_iter().filter(|(.., on)| *on).map(|(role, ..)| role).collect()
    }

    fn of(person: &Person) -> Self {
        let has = |role| person.roles.contains(&role).then(|| "1".to_owned());
        Self {
            centre: person.centre.map(|id| id.to_string()).unwrap_or_default(),
            worker: has(Role::Worker),
            supervisor: has(Role::Supervisor),
            data: has(Role::Data),
            ethics: has(Role::Ethics),
            admin: has(Role::Admin),
        }
    }

    fn ticks(&self, visitor: &Visitor) -> Vec<Tick> {
        self.boxes().map(|(role, field, on)| (field, role_word(role, visitor.w), on)).to_vec()
    }

    async fn choices(
        &self,
        state: &AppState,
        visitor: &Visitor,
        grant: &Grant,
    ) -> Result<Vec<Choice>, Error> {
        let mut choices = Vec::new();
        if keeps(grant, None) {
            choices.push((String::new(), visitor.w.admin_no_centre().to_owned(), self.centre.is_empty()));
        }
        for centre in centres_of(state, grant).await? {
            let id = centre.id.to_string();
            let is_chosen = id == self.centre;
            choices.push((id, centre.name, is_chosen));
        }
        Ok(choices)
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct New {
    key: String,
    login: String,
    name: String,
    started_on: String,
    #[serde(default)]
    centre: String,
    worker: Option<String>,
    supervisor: Option<String>,
    data: Option<String>,
    ethics: Option<String>,
    admin: Option<String>,
}

impl New {
    fn duties(&self) -> Duties {
        Duties {
            centre: self.centre.clone(),
            worker: self.worker.clone(),
            supervisor: self.supervisor.clone(),
            data: self.data.clone(),
            ethics: self.ethics.clone(),
            admin: self.admin.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/person_new.html")]
struct NewPage {
    shell: Shell,
    tabs: Tabs,
    key: String,
    login: String,
    name: String,
    started_on: String,
    ticks: Vec<Tick>,
    choices: Vec<Choice>,
    problem: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "admin/invited.html")]
struct Invited {
    shell: Shell,
    tabs: Tabs,
    name: String,
    id: String,
    link: String,
}

pub(super) async fn form(State(state): State<AppState>, visitor: Visitor) -> Result<Response, Error> {
    let grant = visitor.may(Right::Manage)?;
    let centre = centres_of(&state, &grant).await?.first().map(|centre| centre.id.to_string());
    let duties =
        Duties { centre: centre.unwrap_or_default(), worker: Some("1".to_owned()), ..Duties::default() };
    let started_on = iso(now().date());
    let page_ = NewPage {
        shell: visitor.shell(Room::Admin),
        tabs: tabs(&visitor, Tab::People),
        key: fresh_key(),
        login: String::new(),
        name: String::new(),
        started_on,
        ticks: duties.ticks(&visitor),
        choices: duties.choices(&state, &visitor, &grant).await?,
        problem: None,
    };
    page(&page_, StatusCode::OK)
}

pub(super) async fn add(
    State(state): State<AppState>,
    visitor: Visitor,
    Form(new): Form<New>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Manage)?;
    let error = match added(&state, &visitor, &new).await {
        Ok(answer) => {
            let link = text(&answer, "link");
            let (shell, tabs) = (visitor.shell(Room::Admin), tabs(&visitor, Tab::People));
            return page(
                &Invited { shell, tabs, name: new.name, id: text(&answer, "id"), link },
                StatusCode::OK,
            );
        }
        Err(error) => error,
    };
    let Some(problem) = to_mend(visitor.w, &error) else { return Err(error) };
    let duties = new.duties();
    let again = NewPage {
        shell: visitor.shell(Room::Admin),
        tabs: tabs(&visitor, Tab::People),
        key: fresh_key(),
        ticks: duties.ticks(&visitor),
        choices: duties.choices(&state, &visitor, &grant).await?,
        login: new.login,
        name: new.name,
        started_on: new.started_on,
        problem: Some(problem),
    };
    page(&again, error.status())
}

async fn added(state: &AppState, visitor: &Visitor, new: &New) -> Result<serde_json::Value, Error> {
    let body = AddPerson {
        login: new.login.clone(),
        name: new.name.clone(),
        centre: chosen(&new.centre, "centre")?,
        roles: new.duties().roles(),
        started_on: parse_day(&new.started_on).map_err(|_| Error::Field { field: "started_on" })?,
    };
    let once = Once::of_form((visitor.caller.clone(), "/admin/people/new"), &new.key, (body, new))?;
    answered(api::add_person(State(state.clone()), once).await?).await
}

#[derive(Template)]
#[template(path = "admin/person.html")]
struct PersonPage {
    shell: Shell,
    tabs: Tabs,
    key: String,
    id: Uuid,
    name: String,
    login: String,
    started_on: String,
    enabled: bool,
    /// Nobody shuts themselves out.
    is_self: bool,
    ticks: Vec<Tick>,
    choices: Vec<Choice>,
    problem: Option<&'static str>,
}

async fn managed(state: &AppState, grant: &Grant, id: &str) -> Result<Person, Error> {
    let id = Uuid::try_parse(id).map_err(|_| Error::NotFound)?;
    let person = state.store.person(id).await?.filter(|person| keeps(grant, person.centre));
    person.ok_or(Error::NotFound)
}

pub(super) async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Manage)?;
    let person = managed(&state, &grant, &id).await?;
    let duties = Duties::of(&person);
    person_page(&state, &visitor, (&grant, person, duties), (StatusCode::OK, None)).await
}

async fn person_page(
    state: &AppState,
    visitor: &Visitor,
    (grant, person, duties): (&Grant, Person, Duties),
    (status, problem): (StatusCode, Option<&'static str>),
) -> Result<Response, Error> {
    let date: Date = person.started_on;
    let shown = PersonPage {
        shell: visitor.shell(Room::Admin),
        tabs: tabs(visitor, Tab::People),
        key: fresh_key(),
        id: person.id,
        started_on: day(date, visitor.language),
        enabled: person.enabled,
        is_self: grant.person == Some(person.id),
        ticks: duties.ticks(visitor),
        choices: duties.choices(state, visitor, grant).await?,
        name: person.name,
        login: person.login,
        problem,
    };
    page(&shown, status)
}

/// A form with nothing but its key, and perhaps a switch.
#[derive(Serialize, Deserialize)]
pub(super) struct Press {
    pub(super) key: String,
    #[serde(default)]
    pub(super) on: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Reassign {
    key: String,
    #[serde(default)]
    centre: String,
    worker: Option<String>,
    supervisor: Option<String>,
    data: Option<String>,
    ethics: Option<String>,
    admin: Option<String>,
}

pub(super) async fn reassign(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<Reassign>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Manage)?;
    let person = managed(&state, &grant, &id).await?;
    let back = format!("/admin/people/{}", person.id);
    let duties = Duties {
        centre: form.centre.clone(),
        worker: form.worker.clone(),
        supervisor: form.supervisor.clone(),
        data: form.data.clone(),
        ethics: form.ethics.clone(),
        admin: form.admin.clone(),
    };
    let path = format!("{back}/duties");
    let once = Once::of_form((visitor.caller.clone(), &path), &form.key, ((), &form))?;
    match set_duties(&state, (&grant, person.id), (&duties, once)).await {
        Ok(()) => Ok(Redirect::to(&back).into_response()),
        Err(error) => match to_mend(visitor.w, &error) {
            Some(problem) => {
                person_page(&state, &visitor, (&grant, person, duties), (error.status(), Some(problem))).await
            }
            None => Err(error),
        },
    }
}

async fn set_duties(
    state: &AppState,
    (grant, person): (&Grant, Uuid),
    (duties, once): (&Duties, Once<()>),
) -> Result<(), Error> {
    let (roles, centre) = (duties.roles(), chosen(&duties.centre, "centre")?);
    if grant.person == Some(person) {
        return Err(Error::Field { field: "yourself" });
    }
    if roles.is_empty() {
        return Err(Error::Field { field: "roles" });
    }
    api::centre_of(state, grant, centre).await?;
    let Begun::First(mut tx) = once.begin(state, grant).await? else { return Ok(()) };
    state.store.set_roles(&mut tx, person, &roles).await?;
    state.store.set_centre(&mut tx, person, centre).await?;
    let detail = json!({ "roles": roles, "centre": centre });
    let subject = format!("person:{person}");
    state
        .store
        .note_in(&mut tx, Note { actor: &grant.actor, action: "person.duties", subject, detail })
        .await?;
    once.finish((state, grant), tx, (StatusCode::OK, &json!({ "id": person }))).await?;
    Ok(())
}

pub(super) async fn enable(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(press): Form<Press>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Manage)?;
    let person = managed(&state, &grant, &id).await?;
    if grant.person == Some(person.id) {
        let (status, duties) = (StatusCode::UNPROCESSABLE_ENTITY, Duties::of(&person));
        let problem = Some(visitor.w.admin_problem_yourself());
        return person_page(&state, &visitor, (&grant, person, duties), (status, problem)).await;
    }
    let (path, body) = (format!("/admin/people/{}/enabled", person.id), Switch { on: press.on == "1" });
    let once = Once::of_form((visitor.caller.clone(), &path), &press.key, (body, &press))?;
    api::enable(State(state), Path(person.id.to_string()), once).await?;
    Ok(Redirect::to(&format!("/admin/people/{}", person.id)).into_response())
}

pub(super) async fn invite(
    State(state): State<AppState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(press): Form<Press>,
) -> Result<Response, Error> {
    let grant = visitor.may(Right::Manage)?;
    let person = managed(&state, &grant, &id).await?;
    let path = format!("/admin/people/{}/invitation", person.id);
    let once = Once::of_form((visitor.caller.clone(), &path), &press.key, (Nothing {}, &press))?;
    let answer = answered(api::invite(State(state), Path(person.id.to_string()), once).await?).await?;
    let (shell, tabs) = (visitor.shell(Room::Admin), tabs(&visitor, Tab::People));
    let link = text(&answer, "link");
    page(&Invited { shell, tabs, name: person.name, id: person.id.to_string(), link }, StatusCode::OK)
}
