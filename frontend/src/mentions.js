// "@" in an internal note offers colleagues: by their characters, their pinyin or its first letters. Arrow keys choose, Enter or Tab takes, Escape closes.
let asked = 0;
let timer = 0;

const placeOf = (field) => field.closest(".file-composer")?.querySelector("[data-mention-people]");
const listOf = (field) => placeOf(field)?.querySelector(".mention-list");
const isNote = (field) => {
  const form = field.closest("form");
  return (form.querySelector("[name=direction]:checked") ?? form.querySelector("[name=direction][type=hidden]"))?.value === "note";
};

// What stands between the last @ and the cursor; null where that is an address or a whole sentence.
function typedName(field) {
  const before = field.value.slice(0, field.selectionStart);
  return before.match(/(?:^|[^A-Za-z0-9._+-])@([^\s@]{0,20})$/)?.[1] ?? null;
}

function close(field) {
  const list = listOf(field);
  clearTimeout(timer);
  asked += 1;
  if (!list || list.hidden) return;
  list.hidden = true;
  list.replaceChildren();
  field.removeAttribute("aria-activedescendant");
}

function choose(field, option) {
  const list = listOf(field);
  list.querySelectorAll("[aria-selected=true]").forEach((each) => each.setAttribute("aria-selected", "false"));
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
}

function take(field, option) {
  const typed = typedName(field) ?? "";
  const end = field.selectionStart;
  field.setRangeText(`${option.dataset.insert} `, end - typed.length, end, "end");
  close(field);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function show(field, people) {
  const list = listOf(field);
  if (!people.length) return close(field);
  list.replaceChildren(
    ...people.map((person, index) => {
      const option = document.createElement("li");
      const unit = document.createElement("span");
      Object.assign(option, { id: `mention-${index}`, textContent: person.name });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.insert = person.insert;
      unit.className = "text-secondary";
      unit.textContent = ` ${person.unit}`;
      option.append(unit);
      return option;
    }),
  );
  list.hidden = false;
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-autocomplete", "list");
  choose(field, list.firstElementChild);
}

async function ask(field) {
  const typed = typedName(field);
  if (typed === null || !isNote(field)) return close(field);
  const mine = ++asked;
  const answer = await fetch(`${placeOf(field).dataset.mentionPeople}?q=${encodeURIComponent(typed)}`).catch(() => null);
  if (answer?.ok && mine === asked && !answer.redirected) show(field, (await answer.json()).people);
}

export function startMentions() {
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.(".file-composer textarea") || !placeOf(event.target)) return;
    clearTimeout(timer);
    timer = setTimeout(() => ask(event.target), 150);
  });
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest?.(".mention-list [role=option]");
    if (!option) return;
    event.preventDefault(); // the field keeps the cursor
    take(option.closest(".file-composer").querySelector("textarea"), option);
  });
  document.addEventListener("focusout", (event) => event.target.matches?.(".file-composer textarea") && close(event.target));
  // Before anybody else hears the key: Enter takes a name, Escape closes the list and nothing more.
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches?.(".file-composer textarea") || event.isComposing) return;
    const list = listOf(field);
    if (!list || list.hidden) return;
    const options = [...list.children];
    const here = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(field, options[(here + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length]);
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") take(field, options[here]);
    else if (event.key === "Escape") close(field);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
}
