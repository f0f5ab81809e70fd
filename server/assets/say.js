// Words of scripts in the language of the page.

const words = (await import(`./words.${document.documentElement.lang}.js`)).default;

/** What a key says, with `{name}` replaced by variables. */
export function say(key, variables = {}) {
  return Object.entries(variables).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), words[key] ?? key);
}

/** The time of day, as it is written here. */
export function clock(at = new Date()) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" }).format(at);
}
