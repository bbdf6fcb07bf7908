// Ret: the editor, its problems, its words, and what a change leads to. Without scripts the page is
// a field with two buttons. Every text that comes from a file is put in as text, never as HTML,
// but for the two parts that the server has made and escaped.

document.documentElement.classList.add("scripted");

const {
  EditorState, Compartment, EditorView, keymap, lineNumbers, highlightActiveLine,
  highlightActiveLineGutter, drawSelection, highlightSpecialChars, rectangularSelection,
  defaultKeymap, history, historyKeymap, autocompletion, completionKeymap,
  closeBrackets, closeBracketsKeymap, linter, lintGutter, lintKeymap, search, searchKeymap,
  highlightSelectionMatches, HighlightStyle, syntaxHighlighting, indentUnit, foldGutter, foldKeymap,
  bracketMatching, indentOnInput, yaml, unifiedMergeView, tags,
} = samtaleEditor;

const form = document.getElementById("writing");
const field = document.getElementById("tekst");
const holder = document.getElementById("editor");
const said = document.getElementById("said");
const say = form.dataset;
const file = say.file;
const proof = JSON.parse(document.body.getAttribute("hx-headers") || "{}");
let stored = field.value;
let words = null;

// --- talking with the server ----------------------------------------------------------------------

function send(path, parameters, body, signal) {
  const query = new URLSearchParams({ fil: file, ...parameters });
  return fetch(`${path}?${query}`, {
    method: "POST",
    headers: { ...proof, "Content-Type": "text/plain; charset=utf-8" },
    body, signal, credentials: "same-origin",
  });
}

function latest(work) {
  let running = null;
  return async (...stated) => {
    if (running) running.abort();
    const mine = (running = new AbortController());
    try {
      return await work(mine.signal, ...stated);
    } catch (fault) {
      if (fault.name === "AbortError") return null;
      throw fault;
    } finally {
      if (running === mine) running = null;
    }
  };
}

function debounced(wait, work) {
  let timer = 0;
  return (...stated) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...stated), wait);
  };
}

// --- problems, with the same text as `samtale check` ------------------------------------------------

const check = latest(async (signal, text) => {
  const answer = await send("/ret/tjek", {}, text, signal);
  return answer.ok ? answer.json() : null;
});

async function lint(shown) {
  const answer = await check(shown.state.doc.toString());
  if (!answer) return [];
  list(answer);
  return answer.problems.map((each) => {
    const line = shown.state.doc.line(Math.min(Math.max(each.line, 1), shown.state.doc.lines));
    const from = Math.min(line.from + Math.max(each.column - 1, 0), line.to);
    const rest = line.text.slice(from - line.from);
    const length = /^("[^"]*"|'[^']*'|[^\s,\]}:]+)/.exec(rest)?.[0].length ?? 1;
    return {
      from, to: Math.min(from + length, line.to),
      severity: each.severity, source: each.code,
      message: each.hint ? `${each.message}\n${say.hint} ${each.hint}` : each.message,
    };
  });
}

// `words in backticks` as code, the rest as text
function coded(text) {
  const pieces = text.split("`");
  if (pieces.length % 2 === 0) return [text];
  return pieces.map((piece, at) => {
    if (at % 2 === 0) return piece;
    const code = document.createElement("code");
    code.textContent = piece;
    return code;
  });
}

function list(answer) {
  const problems = document.getElementById("problems");
  problems.replaceChildren();
  for (const each of answer.problems) {
    const entry = document.createElement("li");
    entry.className = each.severity;
    const button = document.createElement("button");
    button.type = "button";
    const kind = document.createElement("strong");
    kind.textContent = say[each.severity];
    const where = document.createElement("span");
    where.className = "soft";
    where.textContent = ` ${say.line.replace("{line}", each.line)} · ${each.code}`;
    button.append(kind, where, document.createElement("br"), ...coded(each.message));
    if (each.hint) {
      const hint = document.createElement("span");
      hint.className = "soft";
      hint.append(`${say.hint} `, ...coded(each.hint));
      button.append(document.createElement("br"), hint);
    }
    button.addEventListener("click", () => goTo(each.line, each.column));
    entry.append(button);
    problems.append(entry);
  }
  if (!answer.problems.length) {
    const none = document.createElement("li");
    none.className = "none";
    none.textContent = say.clean;
    problems.append(none);
  }
  if (answer.elsewhere) {
    const others = document.createElement("li");
    others.className = "soft";
    others.textContent = say.elsewhere.replace("{count}", answer.elsewhere);
    problems.append(others);
  }
}

function goTo(number, column) {
  const line = view.state.doc.line(Math.min(number, view.state.doc.lines));
  const anchor = Math.min(line.from + column - 1, line.to);
  view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
  view.focus();
}

// --- what it leads to, and the rule at the cursor ------------------------------------------------------

const part = (path, id) =>
  latest(async (signal, parameters) => {
    const place = document.getElementById(id);
    if (!place) return;
    const answer = await send(path, parameters, view.state.doc.toString(), signal);
    // the server has escaped every text in it; the policy of the page runs no script in any case
    if (answer.ok) place.innerHTML = await answer.text();
  });
const effect = part("/ret/virkning", "effect");
const rule = part("/ret/regel", "rule");
const effectSoon = debounced(900, () => effect({}));
const ruleSoon = debounced(350, () => {
  rule({ linje: view.state.doc.lineAt(view.state.selection.main.head).number });
});

// --- words ----------------------------------------------------------------------------------------------

const QUANTIFIERS = ["any", "none", "every", "of"];
const WORDS = {
  format: ["1"], severity: ["refuse", "advice"], gate: ["true"], withdrawn: ["true"],
  given: ["true", "false"], or: ["absent"],
};

function indentOf(text) {
  return /^[ ]*(?:- )?/.exec(text)[0].length;
}

// the keys above a line, innermost first, by their indentation
function above(doc, number, indent) {
  const found = [];
  for (let at = number - 1; at > 0 && indent > 0; at--) {
    const text = doc.line(at).text;
    const key = /^([ ]*(?:- )?)([^\s#"':{[-][^:#]*):/.exec(text);
    if (!key) continue;
    const deep = key[1].length;
    if (deep < indent) {
      found.push({ key: key[2].trim(), line: at, rest: text.slice(key[0].length).trim() });
      indent = deep;
    }
  }
  return found;
}

function listAt(doc, number, indent) {
  for (let at = number - 1; at > 0; at--) {
    const text = doc.line(at).text;
    if (indentOf(text) <= indent && /^\s*(- )?(any|none|every|of): \S/.test(text)) {
      return /:\s*([\w.]+)/.exec(text)?.[1];
    }
    if (/^\s*(versions|rules|- valid_from)/.test(text)) return null;
  }
  return null;
}

function options(entries, kind, apply) {
  return entries.map((each) => ({
    label: typeof each === "string" ? each : each.label,
    detail: each.detail || undefined,
    info: each.description || undefined,
    type: kind,
    apply: apply ? apply(each) : undefined,
  }));
}

async function complete(context) {
  words ??= await fetch("/ret/ord", { credentials: "same-origin" }).then((got) => (got.ok ? got.json() : null));
  if (!words) return null;
  const { doc } = context.state;
  const line = doc.lineAt(context.pos);
  const before = line.text.slice(0, context.pos - line.from);
  const typed = /[\w.$-]*$/.exec(before)[0];
  if (!typed && !context.explicit) return null;
  const from = context.pos - typed.length;
  const found = candidates(doc, line, before.slice(0, before.length - typed.length), typed);
  return found.length ? { from, options: found, validFor: /^[\w.$-]*$/ } : null;
}

function candidates(doc, line, lead, typed) {
  const indent = indentOf(line.text);
  const parents = above(doc, line.number, indent);
  const names = parents.map((each) => each.key);
  const fields = names.includes("where") ? listAt(doc, parents[names.indexOf("where")].line, 999) : null;
  const list = words.facts.find((each) => each.label === fields);
  const known = new Map(words.facts.map((each) => [each.label, each]));
  if (list) for (const each of list.fields) known.set(each.label, each);
  if (typed.startsWith("$")) return references(list);
  const inBraces = /\{[^}]*$/.exec(lead);
  const key = /([\w.$-]+):\s*(?:[\[{][^\]}]*)?$/.exec(lead);
  const outer = /([\w.]+):\s*\{[^}]*$/.exec(lead)?.[1];
  if (inBraces && /[{,]\s*$/.test(lead)) {
    const fact = known.get(outer);
    return fact ? operators(fact) : options(["da", "en"], "property", (each) => `${each}: `);
  }
  if (key) {
    const subject = known.get(outer) ?? known.get(key[1]);
    if (QUANTIFIERS.includes(key[1])) return options(words.facts.filter((each) => each.fields), "variable");
    if (key[1] === "confidence") return options(words.confidences, "enum");
    if (key[1] === "code") return options(words.errorCodes, "enum");
    if (key[1] === "operations" || key[1] === "operation") return options(words.operations, "enum");
    if (key[1] === "fact") return options([...known.values()], "variable", (each) => `$${each.label}`);
    if (subject?.codes) return options(words.codes[subject.codes] ?? [], "enum");
    if (subject?.type === "boolean") return options(["true", "false"], "enum");
    return options(WORDS[key[1]] ?? [], "enum");
  }
  if (!/^\s*(- )?$/.test(lead)) return [];
  return keys(names, list, known);
}

function keys(names, list, known) {
  const property = (each) => `${each.label ?? each}: `;
  const subject = known.get(names[0]);
  if (subject && !subject.fields) return operators(subject);
  if (["when", "require", "grant", "where", "all", "any_of", "not"].some((each) => names[0] === each)) {
    const facts = list && names.includes("where") ? list.fields : words.facts.filter((each) => !each.fields);
    return [
      ...options(facts, "variable", property),
      ...options(["any", "none", "every", "at_least", "at_most", "where", "all", "any_of", "not"], "keyword", property),
    ];
  }
  if (names[0] === "versions") return options(words.keys.version, "property", property);
  if (names[0] === "requirements") return options(words.keys.requirement, "property", property);
  if (names[0] === "basis") return options(["text", "url", "confidence"], "property", property);
  if (names[0] === "title" || names[0] === "message") return options(["da", "en"], "property", property);
  if (names[0] === "change" || names[0] === "baseline") return options(words.facts, "variable", property);
  if (names[0] === "expect") return options(["codes", "advice", "grants", "notices"], "property", property);
  if (names[0] === "examples") return options(["name", "operation", "change", "absent", "expect"], "property", property);
  if (names[1] === "rules") return options(words.keys.rule, "property", property);
  if (!names.length) return options(words.keys.file, "property", property);
  return [];
}

function operators(fact) {
  const fitting = words.operators.filter((each) => each.types.includes(fact.type));
  const more = fact.optional ? ["given", "or"] : [];
  return options([...fitting, ...more], "function", (each) => `${each.label ?? each}: `);
}

function references(list) {
  const own = list ? list.fields.map((each) => ({ ...each, label: `$.${each.label}` })) : [];
  const facts = words.facts.filter((each) => !each.fields).map((each) => ({ ...each, label: `$${each.label}` }));
  return options([...own, ...facts, ...words.parameters], "variable");
}

// --- the editor -------------------------------------------------------------------------------------------

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "14px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0" },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "-3px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--soft)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--accent-soft)", color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)" },
  ".cm-selectionMatch": { backgroundColor: "var(--mark)" },
  ".cm-searchMatch": { backgroundColor: "var(--mark)", outline: "1px solid var(--warn)" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)", fontFamily: "var(--sans)" },
  ".cm-panels button, .cm-panels input": { font: "inherit", color: "inherit" },
  ".cm-textfield": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "4px" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "4px" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)", borderRadius: "6px", boxShadow: "0 8px 24px rgb(0 0 0 / 20%)", fontFamily: "var(--sans)", maxWidth: "34rem" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", lineHeight: "1.5" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--accent-ink)" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "0.85", marginLeft: "0.75em" },
  ".cm-completionInfo": { padding: "8px 12px", maxWidth: "22rem" },
  ".cm-diagnostic": { padding: "6px 10px", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeft: "4px solid var(--bad)" },
  ".cm-diagnostic-warning": { borderLeft: "4px solid var(--warn)" },
  ".cm-diagnosticSource": { opacity: "0.8" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)", textDecorationSkipInk: "none" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warn)", textDecorationSkipInk: "none" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--accent-soft)", color: "var(--ink)", border: "0" },
  ".cm-matchingBracket": { backgroundColor: "var(--mark)" },
  ".cm-changedLine": { backgroundColor: "var(--good-soft) !important" },
  ".cm-changedText": { background: "color-mix(in srgb, var(--good) 25%, transparent)" },
  ".cm-deletedChunk": { backgroundColor: "var(--bad-soft)", color: "var(--ink)" },
  ".cm-deletedChunk .cm-deletedText": { background: "color-mix(in srgb, var(--bad) 25%, transparent)" },
  ".cm-changeGutter": { backgroundColor: "var(--good)" },
});
const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--warn)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--soft)" },
]);

// in a shadow root the styles of CodeMirror are adopted style sheets, which the policy
// `style-src 'self'` allows; in the page itself they would be an inline <style>, which it forbids
const root = holder.attachShadow({ mode: "open" });
holder.hidden = false;
field.hidden = true;
const inside = document.createElement("div");
const heightOfInside = new CSSStyleSheet();
heightOfInside.replaceSync(":host > div, div.frame { height: 100%; } @media print { .cm-scroller { overflow: visible; } }");
root.adoptedStyleSheets = [heightOfInside];
inside.className = "frame";
root.append(inside);

const comparing = new Compartment();
const active = document.getElementById("active");
const view = new EditorView({
  parent: inside,
  root,
  state: EditorState.create({
    doc: field.value,
    extensions: [
      lineNumbers(), foldGutter(), lintGutter(), highlightSpecialChars(), history(), drawSelection(),
      rectangularSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
      highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(),
      indentUnit.of("  "), EditorState.tabSize.of(2),
      yaml(), syntaxHighlighting(colours), look,
      autocompletion({ override: [complete], icons: false, maxRenderedOptions: 60 }),
      search({ top: true }),
      linter(lint, { delay: 350 }),
      comparing.of([]),
      EditorView.contentAttributes.of({ "aria-label": document.getElementById("tekst-label").textContent, spellcheck: "false", tabindex: "0" }),
      keymap.of([
        { key: "Mod-s", run: () => (save(), true), preventDefault: true },
        ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap,
        ...completionKeymap, ...lintKeymap,
      ]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) {
          field.value = update.state.doc.toString();
          said.textContent = changed() ? say.unsaved : "";
          effectSoon();
        }
        if (update.docChanged || update.selectionSet) ruleSoon();
      }),
    ],
  }),
});

function changed() {
  return view.state.doc.toString() !== stored;
}

// --- saving ---------------------------------------------------------------------------------------------------

async function save() {
  said.textContent = say.saving;
  try {
    const text = view.state.doc.toString();
    const answer = await send("/ret/gem", { etag: form.elements.etag.value }, text);
    const told = (answer.headers.get("Content-Type") || "").startsWith("application/json") ? await answer.json() : null;
    said.textContent = told ? told.said : say.failed;
    said.className = told?.saved ? "small good-words" : "small said-bad";
    if (told?.saved) {
      form.elements.etag.value = told.etag;
      stored = text;
      effect({});
    }
  } catch {
    said.textContent = say.failed;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
addEventListener("beforeunload", (event) => {
  if (changed()) event.preventDefault();
});

const compare = document.getElementById("compare");
compare?.addEventListener("click", () => {
  const shows = compare.getAttribute("aria-pressed") !== "true";
  compare.setAttribute("aria-pressed", String(shows));
  compare.textContent = shows ? say.hide : say.show;
  view.dispatch({
    effects: comparing.reconfigure(
      shows ? unifiedMergeView({ original: active.value, mergeControls: false, highlightChanges: true, gutter: true }) : [],
    ),
  });
});

const wanted = /^#L([0-9]+)$/.exec(location.hash);
if (wanted) goTo(Number(wanted[1]), 1);
else ruleSoon();
effect({});
