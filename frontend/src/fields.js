// Further fields of a case: which are asked follows what is chosen above them and what they answer one another. The server decides by the same
// data and the same rule (contact/fields/conditions.py); here a question that is not asked is only hidden, and not sent.
const SELECTS = ["unit", "kind", "category", "service"];

export function asked(questions, answers) {
  const byKey = new Map(questions.map((question) => [question.key, question]));
  const isAsked = (key, seen) => {
    const question = byKey.get(key);
    if (!question || seen.includes(key)) return false;
    if (!question.after) return true;
    return question.values.includes(answers[question.after] ?? "") && isAsked(question.after, [...seen, key]);
  };
  return new Set([...byKey.keys()].filter((key) => isAsked(key, [])));
}

function fits(question, form) {
  return SELECTS.every((name) => {
    const allowed = question[name];
    const chosen = form.elements[name];
    return !allowed || !chosen || allowed.includes(chosen.value);
  });
}

function refresh(region) {
  const form = region.closest("form");
  const places = [...region.querySelectorAll("[data-question]")];
  const questions = places.map((place) => JSON.parse(place.dataset.question));
  const answers = {};
  questions.forEach((question, at) => { answers[question.key] = places[at].querySelector("input, select, textarea").value; });
  const shown = asked(questions.filter((question) => fits(question, form)), answers);
  questions.forEach((question, at) => {
    places[at].hidden = !shown.has(question.key);
    places[at].querySelector("input, select, textarea").disabled = places[at].hidden;
  });
  region.hidden = shown.size === 0 && region !== form;
}

export function startFields() {
  const all = (root) => root.querySelectorAll?.("[data-questions]").forEach(refresh);
  all(document);
  document.addEventListener("change", (event) => { if (event.target.form) all(event.target.form.parentElement); });
  document.addEventListener("htmx:afterSettle", () => all(document));
}
