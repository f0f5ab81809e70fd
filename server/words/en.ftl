## Every page

tagline = The model suggests. You decide.
skip = Skip to the content
interface-language = Language of this page
demo = Demonstration with a throw-away key: everybody is signed in, and what is entered is lost when the program ends. Use invented texts only.

## sign in

sign-in-heading = Sign in
sign-in-login = Login
sign-in-password = Password
sign-in-enter = Sign in
sign-in-provider = Sign in with your organisation’s account
sign-in-bind = Or always sign in with your organisation’s account
sign-in-wrong = Login and password do not go together.
sign-in-locked = Too many wrong passwords. Try again in a quarter of an hour.
sign-in-choose = Choose your password
sign-in-set = Keep it
sign-in-short = At least 12 characters; a few words do well.
sign-in-used = This link was used, or is too old. Ask your administrator for a new one.
sign-in-leave = Sign out
sign-in-welcome = You have been given access to Relat. This link works once.

## text

text-heading = Interview
text-label = What the person tells
text-placeholder =
    Type or paste what the person tells you.

    Suggestions appear beside it when a sentence ends, each with the sentences it rests on.
text-read = Suggest
text-example = Try an invented interview
text-marked = The text, with its evidence marked
text-resting = On this sentence
text-resting-nothing = No suggestion rests on this sentence
text-private = The text is not stored, and leaves this computer only for the relat server you opened this page from.
text-noscript = This browser runs no scripts: press “Suggest” to see the suggestions.

## state

state-reading = Reading…
state-read-at = Read at { $time }
state-changed = Changed since it was read
state-offline = The server does not answer. The text is still here: press “Suggest” to try again.
state-word = { $n ->
    [one] word
   *[other] words
}

## findings

findings-heading = Suggestions
findings-alerts = Act first
findings-alerts-hint = a service must act at once
findings-needs = Needs
findings-demands = Demands
findings-demands-hint = what the person asks for
findings-quiet = Read, not suggested
findings-quiet-hint = said not to be so, past, or of someone else
findings-weak = { $n ->
    [one] doubtful finding, below its threshold
   *[other] doubtful findings, below their threshold
}
findings-more = { $n ->
    [one] more sentence
   *[other] more sentences
}
findings-none = Nothing that the model would suggest. That is no proof that nothing is wrong.
findings-empty-text = What is found in the text will stand here, with the sentences it rests on.
findings-legend = How to read the marks
findings-legend-alert = a need on which a service must act at once
findings-legend-need = a need
findings-legend-demand = what the person asks for
findings-legend-quiet = denied, past, or of someone else: not a suggestion
findings-how = Press a suggestion to see its sentences. Press a sentence to see what rests on it.

## levels

levels-heading = Self-sufficiency matrix
levels-hint = how sure the model is of each level
levels-domain = Domain
levels-level = Level
levels-names-1 = acute
levels-names-2 = low
levels-names-3 = barely
levels-names-4 = adequate
levels-names-5 = full
levels-not-told = not told
levels-not-told-hint = the text does not tell enough. Silence is never a 5.

## actions

actions-heading = Could be explored
actions-hint = from the catalogue; nobody is entitled to anything by this list
actions-because = because of
actions-to-check = Still to be checked
actions-facts = What is still to be known
actions-facts-hint = the answers narrow the list below; they decide nothing
actions-fact-yes = Yes
actions-fact-no = No
actions-fact-unknown = Not known
actions-facts-more = { $n ->
    [one] { $n } more fact
   *[other] { $n } more facts
}
actions-aside = Set aside by the answers
actions-none = Nothing in the catalogue answers what was read.
actions-more = { $n ->
    [one] less likely action
   *[other] less likely actions
}
actions-kinds-benefit = benefit
actions-kinds-service = service
actions-kinds-referral = referral
actions-kinds-coordination = coordination
actions-kinds-emergency = today

## warnings

warnings-heading = Please note
warnings-other-language = { $n ->
    [one] { $n } sentence is in a language that the model was not trained on.
   *[other] { $n } sentences are in a language that the model was not trained on.
}
warnings-very-short = { $n ->
    [one] The text has only { $n } word: the suggestions rest on little.
   *[other] The text has only { $n } words: the suggestions rest on little.
}
warnings-nothing-found = Nothing was found that the model would suggest.
warnings-control-characters = { $n ->
    [one] The text has { $n } invisible character.
   *[other] The text has { $n } invisible characters.
}
warnings-long-sentence = One sentence is very long, probably several without full stops: its evidence is coarse.
warnings-contradiction = “{ $need }” is said to be so and also said not to be so.
warnings-unknown = The text was read with a reservation.

## likelihood

likelihood-very-likely = very likely
likelihood-likely = likely
likelihood-possible = possible
likelihood-doubtful = doubtful

## status

status-present = present
status-absent = said not to be so
status-past = past
status-other = someone else, or only feared

## languages

languages-ca = Catalan
languages-es = Spanish
languages-en = English
languages-other = another language

## problems

problems-signed-out = You are signed out. Sign in in another tab, then try again; the text is still here.
problems-empty-text = There is no text yet.
problems-text-too-long = The text is too long: shorten it or read it in parts.
problems-busy = Too many texts are being read at this moment. Try again in a second; the text is still here.
problems-store-unavailable = The log cannot be written, so that nothing can be suggested now. The text is still here.
problems-other = Something went wrong. The text is still here: try again, and tell whoever runs this service if it goes on.
problems-heading = That did not work
problems-back = Back to the start
problems-forbidden = Your role does not give access to this.
problems-not-let-in = Your provider did not let you pass, or your identity is not that of an active account here. Ask your administrator for a new link.
problems-provider = The provider of identities does not answer. Try again, or sign in with a password.
problems-cross-site = This was not begun on this page, or too long ago: nothing was done. Begin again.
problems-not-found = There is nothing here, or it belongs to another centre.
problems-conflict = Somebody else wrote meanwhile. Look at it again, then decide.
problems-alerts = Every alert needs a decision before the interview is closed.
problems-taken = There is one of that name already.
problems-field = Something is missing, or does not have the expected form.
problems-closed = The interview is closed: open it again first.
problems-blind = Score every domain of the matrix first.
problems-undo = There is nothing to undo or redo.

## about

about-versions = Made by
about-thresholds = thresholds
about-taxonomy = taxonomy
about-catalogue = catalogue
about-engine = engine
about-api = API

## navigation

nav-heading = Sections
nav-cases = Cases
nav-scratch = Try a text
nav-accessibility = Accessibility

## cases

cases-heading = Cases
cases-new = New case
cases-search = Search by code
cases-find = Search
cases-none = There is no case in your centre yet. Begin with “New case”.
cases-not-found = No case has that code.
cases-case = Case
cases-last = Last interview
cases-interviews = Interviews
cases-state = State
cases-open = to be finished
cases-closed = closed
cases-more = Older ones
cases-pseudonym = Code of the case
cases-pseudonym-hint = What your centre calls this person, such as 2026-0417. Not a name.
cases-groups = Groups
cases-groups-hint = Optional. They only serve to see whether the model errs more for some groups than for others.
cases-gender = Gender
cases-gender-f = woman
cases-gender-m = man
cases-gender-x = non-binary
cases-age = Age
cases-origin = Origin
cases-origin-local = Catalonia or elsewhere in Spain
cases-origin-europe = elsewhere in Europe
cases-origin-africa = Africa
cases-origin-america = the Americas
cases-origin-asia = Asia and Oceania
cases-language = Language
cases-make = Make the case and begin
cases-cancel = Cancel
interviews-new = New interview
interviews-none = There is no interview yet.
interviews-held-on = Held on
interviews-language = Language
interviews-author = By

## accessibility

accessibility-heading = Accessibility statement
accessibility-what = Relat should serve everybody who works with it: without a mouse, with a screen reader, with large letters, on a phone. It is made after WCAG 2.1 level AA and EN 301 549.
accessibility-state = Where it stands
accessibility-state-text = Partially conformant. Every page and state is checked with axe-core in three languages, light and dark, at 1280 and at 360 pixels, and no serious defect is known. Automatic checks do not see everything.
accessibility-how = How it is made
accessibility-how-keys = Everything can be done by keyboard. Single-letter keys work only while the focus is in the suggestions; “?” shows them.
accessibility-how-shape = Nothing is told by colour alone: every kind of finding has a shape and a line of its own.
accessibility-how-reader = Every suggestion says its sentences; what is saved and what fails is announced without moving the focus.
accessibility-how-zoom = It can be enlarged to 200 % and read at a width of 360 pixels without scrolling sideways.
accessibility-how-motion = Who asked for less motion sees none. There is a dark mode, and forced colours are respected.
accessibility-how-script = Without JavaScript everything can be read, and decided on with plain forms.
accessibility-limits = What is not right
accessibility-limits-box = The marks within the box for typing are only visual: a screen reader finds the same sentences in each suggestion and, as the caret moves, below the text.
accessibility-limits-people = Nobody who uses a screen reader every day has tested it yet.
accessibility-tell = If something does not work
accessibility-tell-text = Tell whoever runs the service in your centre, or open an issue in the project. You get an answer within fifteen days.

## intake

intake-nth = interview { $n }
intake-saved = Saved
intake-keys = Keys
intake-keys-where = Letters work while the focus is in the suggestions or the matrix, not within the text.
intake-key-leave = from the text to the suggestions
intake-key-move = next, previous suggestion
intake-key-refuse = refuse, and why
intake-key-edit = change the code, the status or the sentences
intake-key-skip = leave it for later, go to the next
intake-key-add = add what the model did not say
intake-key-add-selected = add from the text that is selected
intake-key-undo = undo, redo
intake-key-text = back to the text
intake-key-matrix = go to the matrix
intake-key-level = level of the domain; 0: not assessable
intake-key-read = read and save now
intake-shut = All right
intake-reopen = Open the interview again
intake-undo = Undo
intake-redo = Redo
intake-close = Close the interview
intake-keep = Keep and suggest
intake-document = Open a DOCX or PDF
intake-private = The text is kept encrypted on your centre’s server. It goes nowhere else.
intake-all-decided = all decided
intake-to-matrix = M: to the matrix
intake-blind = Your centre scores first. Suggestions appear once you have marked the 13 domains: { $n } so far.
intake-must-decide = a decision on each is needed to close
intake-added-heading = Added by you
intake-add = Add
intake-is-present = It is so now
intake-accept = Accept
intake-refuse = Refuse
intake-edit = Edit
intake-skip = Skip
intake-space = space
intake-confirmed = accepted
intake-edited = edited
intake-refuted = refused
intake-added = added
intake-reason-denied = denied
intake-reason-past = past
intake-reason-other-person = someone else
intake-reason-already-handled = already handled
intake-reason-not-enough-evidence = not enough evidence
intake-reason-wrong = read wrongly
intake-matrix-hint = bar: model · frame: your mark · dot: last interview
intake-matrix-blind = score the 13 domains by what was told
intake-not-assessable = not assessable
intake-not-assessable-short = n/a
intake-before = before
intake-model-says = the model gives it { $p }%
intake-keep-levels = Keep the levels
intake-anchors = What each level means
intake-anchors-hint = The project’s working rubric: not the official text of the SSM-Cat.
intake-questions = Still to ask
intake-questions-hint = nothing was said; that does not mean all is well
intake-explore = Explore it
intake-handled = Already under way
intake-not-for-them = Does not fit
intake-search = Search (in any of the three languages)
intake-what = What it is
intake-status = Where it stands
intake-evidence = Sentences it rests on
intake-evidence-hint = Select them in the text before opening this box.
intake-keep-this = Keep
intake-edit-heading = Edit
intake-left = { $n ->
    [one] { $n } decision left
   *[other] { $n } decisions left
}
intake-bulk = { $n ->
    [one] Accept { $n } very likely
   *[other] Accept the { $n } very likely
}

## case over time

case-summary = Summary for the file
case-for-person = Summary for the person
case-needs = Needs over time
case-needs-hint = only what somebody decided
case-need = Need
case-open = Now
case-open-none = No need is confirmed.
case-closed = No longer there
case-since = Since
case-until = Until
case-again = { $n ->
    [one] confirmed { $n } more time
   *[other] confirmed { $n } more times
}
case-end-denied = said not to be so
case-end-past = over
case-end-handled = already handled
case-alerts = { $n ->
    [one] { $n } alert to decide
   *[other] { $n } alerts to decide
}
case-levels = Levels over time
case-levels-hint = 1 acute, 5 full
case-key-decided = decided by a person
case-key-suggested = the model’s, not decided
case-nothing = nothing
case-left-out = { $n ->
    [one] { $n } earlier interview is in the chart only.
   *[other] { $n } earlier interviews are in the chart only.
}
case-own = The person’s own view
case-own-hint = in their own words; never translated
case-own-by = { $at } · written down by { $by }
case-own-earlier = { $n ->
    [one] { $n } earlier view
   *[other] { $n } earlier views
}
case-own-words = What the person says
case-own-new = If they see it otherwise now
case-own-rule = It is kept encrypted, and stands in the summary and in the copy that the person may ask for. An earlier one is not erased.
case-own-keep = Keep it
case-own-problem = Write down what the person says: from one word to some four pages.
case-log = Who decided what
case-log-of = { $n ->
    [one] { $day } · { $n } act
   *[other] { $day } · { $n } acts
}
case-log-when = When
case-log-who = Who
case-log-did = Did
case-log-what = On
case-taken-back = (taken back)
case-did-undo = undid
case-did-redo = did again
case-did-close = closed the interview
case-did-reopen = opened the interview again
case-back = Back to the case
case-print = Print or save as PDF
case-print-how = Print it from the browser’s menu, which can also make a PDF.
case-summary-of = Summary of case { $name }
case-printed = { $at }, { $by }
case-summary-rule = It holds only what people decided. The narrative is not in it.
case-summary-model = Suggestions made with: { $model }.
case-summary-last = Last decision: { $at }.
case-paper = Language of the paper
case-careful = Include what needs care
case-careful-hint = Violence, abuse and risk of suicide are not on the paper unless you tick this: somebody else might read it. Talk it over with the person first.
case-careful-out = { $n ->
    [one] { $n } is left out now.
   *[other] { $n } are left out now.
}
case-renew = Update
person-heading = What we talked about
person-when = Talk of { $day } with { $by }, { $centre }.
person-needs = What we saw together
person-needs-none = So far we have not noted any difficulty.
person-over = What is no longer so
person-over-hint = What was so before, and is over now or already seen to:
person-demands = What you asked for
person-actions = What we can look into
person-actions-hint = We will see whether it is possible. It is neither a promise nor a decision.
person-own = How you see it
person-own-blank = Write it here if you like. We can also write it down for you, in your words.
person-rights = Good to know
person-rights-change = If anything here is not so, tell us and we change it.
person-rights-copy = You may ask for a copy of everything that is written, and who has read it.
person-rights-program = A computer program helped to read the notes. Decisions are always taken by a person.
person-rights-who = If you have questions, ask for { $by } at { $centre }.
person-next = Next appointment:

## figures

nav-figures = Figures
figures-all = all centres
figures-year = Year
figures-rule = A dot stands for a number behind which there are fewer than { $n } people, or none, or from which such a number could be worked out.
figures-few = fewer than { $n }, or kept back
figures-alerts = Alerts to be decided
figures-alerts-hint = of any year; those that have waited longest come first
figures-alerts-none = There is none.
figures-needs = Needs by area and month
figures-needs-hint = confirmed by a person, by the month of the interview
figures-total = total
figures-work = Work
figures-workers = By worker
figures-workers-hint = to share out the work, not to compare anybody
figures-worker = Worker
figures-none = There is nothing to count yet.
figures-accepted = What became of suggestions
figures-accepted-hint = by code and version of the model
figures-code = Code
figures-share = Accepted
figures-only-total = { $n ->
    [one] { $n } code of which only the total can be shown
   *[other] { $n } codes of which only the total can be shown
}
figures-left-out = { $n ->
    [one] { $n } more code is about few people.
   *[other] { $n } more codes are about few people.
}

## administration

nav-admin = Administration
admin-people = People
admin-centres = Centres
admin-keys = Keys
admin-model = Model
admin-retention = Retention
admin-audit = Audit
admin-name = Name
admin-roles = Roles
admin-centre = Centre
admin-no-centre = no centre: only roles that look at all centres
admin-role-worker = worker
admin-role-supervisor = supervisor
admin-role-data = data
admin-role-ethics = ethics
admin-role-admin = administrator
admin-enabled = may sign in
admin-disabled = may not sign in
admin-add-person = Add a person
admin-started = First day in the job
admin-started-hint = It only serves to say in exports whether they are new or experienced.
admin-invite = Add and make the link
admin-invited = The link to come in with
admin-invited-how = Give this link to { $name } by hand or over a safe channel. It works once, for three days.
admin-invited-link = To be put after the address of this service. It is not shown again.
admin-done = Done
admin-since = since { $day }
admin-duties = What they may do, and where
admin-keep = Keep
admin-new-link = New password
admin-new-link-hint = If they forgot it, or never came in. The present password holds until they choose another.
admin-make-link = Make a link
admin-access = Access
admin-disable-hint = They are signed out everywhere at once. What they decided is kept.
admin-enable-hint = They can sign in again with the password that they had.
admin-disable = Close their access
admin-enable = Open their access
admin-blind = Score before seeing the model’s
admin-blind-hint = When it is on, workers score the thirteen domains before they see any suggestion: so it can be known whether the model changes their mind.
admin-on = on
admin-off = off
admin-turn-on = Turn on
admin-turn-off = Turn off
admin-change = Change
admin-centres-none = There is no centre yet.
admin-add-centre = Add a centre
admin-add = Add
admin-keys-hint = With a key another program may ask for suggestions or data. It can neither decide nor read narratives that are kept.
admin-keys-none = There is no key.
admin-key-for = What it is for
admin-scopes = What it opens
admin-scope-assess = suggestions
admin-scope-export = decisions without text
admin-scope-audit = audit
admin-rate = Requests a minute
admin-days = Days until it ends
admin-expires = Until
admin-revoked = revoked
admin-revoke = Revoke
admin-add-key = Make a key
admin-make-key = Make the key
admin-key-made = The key
admin-key-made-how = Copy the key for “{ $name }” now, and keep it where secrets are kept.
admin-key-secret = It is not shown again: only its digest is kept here.
admin-card-hint = The model card: what it is for, what it is not for, and how it errs. It is written by whoever trains it, in English.
admin-card-none = This model has no card.
admin-card-table = Table of the card
admin-rules = Rules
admin-rule-cases = Cases: after so many days without an interview the person is erased with everything that was written. A row of the audit stays as proof.
admin-rule-answers = Answers to writes: kept so that a form that is sent twice is done once, and forgotten after so many days.
admin-rule-audit = The audit, and what the model suggested, without text, are not erased.
admin-rule-apply = They are applied from the command line, on purpose:
admin-try = Try without erasing
admin-try-hint = It counts what would go today. It touches nothing.
admin-days-cases = Days without an interview
admin-days-answers = Days of answers
admin-count = Count
admin-tried = Would go today
admin-tried-cases = { $n ->
    [one] { $n } case
   *[other] { $n } cases
}
admin-tried-answers = { $n ->
    [one] { $n } answer to a write
   *[other] { $n } answers to writes
}
admin-verify = Verify the chain
admin-audit-sound = The audit is as it was written: { $n } rows. To prove it later, note this end elsewhere: { $tail }
admin-audit-broken = The audit is not as it was written ({ $finding }). Tell whoever answers for the data.
admin-audit-none = No row answers to this.
admin-who = Who
admin-who-hint = A name or a login, or the identifier as a row has it.
admin-what = What
admin-on-what = On what
admin-from = From
admin-to = To
admin-clear = Clear the filters
admin-detail = Detail
admin-problem-taken = There is one of that name already.
admin-problem-login = The login needs 1 to 100 letters.
admin-problem-name = The name needs 1 to 100 letters.
admin-problem-roles = Choose at least one role.
admin-problem-centre = Choose a centre that you keep.
admin-problem-started = Give the first day in the job.
admin-problem-scopes = Choose at least one thing that it opens.
admin-problem-rate = Requests a minute go from 1 to 100000.
admin-problem-days = Days go from 1 to 366.
admin-problem-yourself = You cannot change your own roles or close your own access: ask another administrator.
admin-problem-days-of-rule = Days are a number from 1 to 36525.

## scripts

js-rubric-of = { $domain }: what each level means
js-kind-demand = demand
js-kind-action = action
js-resting = On this sentence
js-resting-nothing = No suggestion rests on this sentence
js-reading = Reading…
js-opening = Opening the document…
js-saving = Saving…
js-saved = Saved { $time } ✓
js-offline = No connection · { $n } to be sent. You can go on.
js-signed-out = You are signed out: sign in in another tab and everything will be sent.
js-accepted = accepted
js-refused = refused
js-edited = edited
js-added = added
js-all-decided = all decided
js-to-matrix = M: to the matrix
js-left = { $n } decisions left
js-left-one = 1 decision left
js-word = 1 word
js-words = { $n } words
js-alerts-first = Before closing, decide on the alerts: { $n } left.
js-close-undecided-one = 1 suggestion has no decision. Press “Close” again to close all the same.
js-close-undecided = { $n } suggestions have no decision. Press “Close” again to close all the same.
js-close-look = Show
js-bulk-done = { $n } accepted.
js-bulk-undo = Undo them all
js-refused-by-server = This was not kept: { $why }.
js-text-changed = Somebody else changed the text: this is the new one.
js-text-conflict = Somebody else changed the text while you were writing. Yours is still here.
js-keep-mine = Put mine
js-keep-theirs = Keep theirs
js-conflict = Meanwhile somebody else decided on “{ $label }”: { $decided }
js-undo-conflict = Meanwhile somebody else decided: undoing now would undo their decision.
js-somebody = Somebody else wrote: the page is up to date.
js-restored = What had not been sent is back.
js-unsealed = Without a secure connection (https) this browser can keep nothing until it is sent.
js-document-no-text = The document has no text: it may be a scan.
js-document-kind = Only DOCX and PDF can be opened.
js-document-too-long = The document is too long.
js-document-broken = The document cannot be read: it is broken or has a password.
js-to-be-sent = to be sent
js-fact-aside = Set aside: the answer to “{ $question }” is no.
js-facts-narrowed = { $n } to explore, { $aside } set aside.
js-undone = Undone: { $label }
js-redone = Redone: { $label }
intake-fallen = · its reasons were refused
