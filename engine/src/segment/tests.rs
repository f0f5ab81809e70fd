use super::*;

/// `marked` is a text with `|` where a sentence begins.
fn check(marked: &str) {
    let text = marked.replace('|', "");
    let found: Vec<&str> = sentences(&text).iter().map(|s| text.get(s.range()).unwrap()).collect();
    assert_eq!(found.join("|"), marked, "help: `|` stands where a sentence begins");
}

#[test]
fn abbreviations_end_no_sentence_before_a_name() {
    check("Ve la Sra. Puig amb el Sr. Martí. |Viuen al C/ Nou, núm. 3, de Sta. Coloma.");
    check("La Dra. Ferrer i Mn. Joan. |Av. Meridiana, aprox. 40 m2.");
    check("Té ajuts, p. ex. RGC i SAD. |Demana i/o aliments, tel. 972 00 00 00, etc. |Viu sola.");
    check("Lo dice la Sra. García. |Llama al tel. 93 123 45 67. |Dña. Eunice vive en Pza. España.");
    check("Seen by Dr. Hughes and Mrs. Bell at 9 a.m. |She lives alone.");
    check("Al siglo XX, s. XIX, art. 12 y pág. 3. |Cobra la RGC.");
    check("Presentó escrito a RR. HH. y nada.");
    check("Diu q. en Pere no hi és. |L'inst. de la filla truca. |Té 54 a. |Viu sola.");
    check("Fa 3 m. que espera. |La visita, el dv. 24. |Tel. de la filla al marge.");
}

#[test]
fn initials_belong_to_their_name() {
    check("Parla J. M. Serra amb D. Álvaro. |La J. no ve.");
    check("We asked S. |He came late. |M. opened the door to T. Kovač.");
    check("No parla amb el J. |La Neus va plegar.");
}

#[test]
fn times_amounts_dates_and_addresses_are_whole() {
    check("A les 12.30 cobra 1.180 €. |Té 3.5 hores el 14.3.2024 i el 12/03. |Ve.");
    check("Escriu a maria.puig@exemple.cat o mira https://www.gencat.cat/Ajuts?Id=3.Ajut. |Gràcies.");
    check("El 2.º hijo y la 1.ª cita. |Viene el 3r. pis. |No.");
    check("Va a www.Gencat.cat. |Después vuelve.");
}

#[test]
fn quotes_close_with_their_sentence() {
    check("\"No puc més.\" |La mare plora.");
    check("\"No puc més.\" diu la mare. |Plora.");
    check("«No dormo!», diu. |«Ni menjo.» |Ha perdut pes.");
    check("Diu: “estic sola.” |Després calla. |(Ho confirma la filla.) |Marxa.");
    check("\"Prou!\" crida. |\"Fora!\" |\"No.\"");
    check("Té por (diu que li pega. Molt.) i no dorm. |Res.");
}

#[test]
fn dialogue_lines_begin_sentences() {
    check("— I de feina?\n|— Cap, i vostè?\n|— Res. |Què vol?");
    check("—¿Cobra algo?\n|—Nada.\n|–No sé…\n|- Ya.");
    check("— Què més vol? — diu l'Aroa.");
    check("Truca. |— Sí? |— Soc la Marta.");
}

#[test]
fn bullets_begin_sentences() {
    check("Demandes:\n|- menjar\n|- roba\n|* feina\n|• pis");
    check("Acords:\n|1. Trucar al CAP\n|2. Demanar RGC.\n|a) ara\n|b) demà");
    check("Demana: 1) aliments, 2) roba.");
}

#[test]
fn ellipses_and_runs_depend_on_what_follows() {
    check("No sé… potser demà. |No sé… |Ell sí.");
    check("No sé... potser demà. |No sé... |Ell sí.");
    check("Què?! |No pot ser!!! |Oi que sí? i tant.");
    check("¿Dónde vive? |¿Con quién? |¡Ay! |No sé.");
    check("...Després marxa. |Torna.");
}

#[test]
fn faces_end_sentences_and_stay_with_them() {
    check("No puc més 😭 |Visc amb la mare. 🙏🏽 |Gràcies 😊");
    check("Estic 😭 molt sola.");
    check("Vaig bé! 👍🏽👍🏽 |Fins demà ❤️ |Una abraçada");
}

#[test]
fn line_breaks_between_notes_are_boundaries() {
    check("Viu sola\n|No té feina\n|Cobra 400 €\n");
    check("Viu sola.\n|no té feina.\r\n\r\n|cobra poc");
    check("Viu sola\n\n|i no dorm");
    check("Situació: sola\n|3 fills\n|\"No puc més\"\n(ho diu plorant)");
    check("viu sola\n|no té feina\n|cobra 400 €\n|deu el lloguer\n|vol ajuda x pagar");
}

#[test]
fn line_breaks_within_a_sentence_are_not() {
    check("Viu amb la\nmare i no té feina.");
    check("Viu amb la Sra.\nPuig i amb la\nMaria. |Plora.");
    check("Té deutes de llum, aigua,\nGas Natural i lloguer.");
    check(
        "La senyora explica que viu amb els seus dos fills en un pis de\n\
         lloguer, que no pot pagar des que va perdre la feina a la fàbrica\n\
         Seat. |Demana ajuda per menjar, perquè el mes passat va quedar-se\n\
         sense res. |També ha parlat amb l'escola.",
    );
}

#[test]
fn semicolons_and_colons_are_not_boundaries() {
    check("Viu sola; no té feina: Res de res; Cobra poc.");
}

#[test]
fn small_letters_begin_sentences_where_the_writer_begins_them_so() {
    check("viu sola. |no té feina. |cobra la RGC. |té la mare al CAP. |plora");
}

#[test]
fn a_forgotten_blank_still_parts() {
    check("Viu sola.|No té feina.|Té 3 fills?|Cobra poc.");
}

#[test]
fn other_scripts_part_too() {
    check("أنا وحدي. |ليس لدي عمل؟ |نعم.");
    check("我一个人住。|没有工作。");
}

#[test]
fn nothing_but_blanks_has_no_sentence() {
    for text in ["", " ", "\n\n", "\u{feff}\u{200b}\t\r\n", "\0\0"] {
        assert!(sentences(text).is_empty());
    }
}
