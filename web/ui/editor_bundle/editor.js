// What the page "Ret" needs of CodeMirror 6, as one global: `samtaleEditor`.
// Bundled by `make editor-bundle` into web/ui/static/vendor/codemirror.min.js, which is committed.
export { EditorState, Compartment, StateEffect, EditorSelection } from "@codemirror/state";
export {
  EditorView, keymap, lineNumbers, highlightActiveLine, highlightActiveLineGutter,
  drawSelection, highlightSpecialChars, rectangularSelection,
} from "@codemirror/view";
export { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
export {
  autocompletion, completionKeymap, closeBrackets, closeBracketsKeymap, startCompletion,
} from "@codemirror/autocomplete";
export { linter, lintGutter, lintKeymap, forceLinting, setDiagnostics } from "@codemirror/lint";
export { search, searchKeymap, highlightSelectionMatches } from "@codemirror/search";
export {
  HighlightStyle, syntaxHighlighting, indentUnit, foldGutter, foldKeymap, bracketMatching, indentOnInput,
} from "@codemirror/language";
export { yaml } from "@codemirror/lang-yaml";
export { unifiedMergeView } from "@codemirror/merge";
export { tags } from "@lezer/highlight";
