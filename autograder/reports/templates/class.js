"use strict";
// Sorts and filters the tables of a class report. The page is whole without it; it reads what is there and writes no markup.
for (const table of document.querySelectorAll("table.heat")) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const sheets = rows.map((row) => document.getElementById(row.dataset.sheet));
  const heads = [...table.tHead.rows[0].cells];
  const key = (row, column) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();

  function sort(column) {
    const head = heads[column];
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const compare = (a, b) => key(a, column).localeCompare(key(b, column), undefined, { numeric: true });
    const ordered = [...rows].sort((a, b) => (up ? compare(a, b) : compare(b, a)));
    body.append(...ordered);
    const last = sheets[0].parentElement;
    last.append(...ordered.map((row) => document.getElementById(row.dataset.sheet)));
  }

  heads.forEach((head, column) => {
    const button = document.createElement("span"); // a <button> is not printed in the heads that repeat
    button.role = "button";
    button.tabIndex = 0;
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(column));
    button.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      sort(column);
    });
  });

  const bar = document.createElement("p");
  bar.className = "filter";
  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = "Filter by name";
  field.setAttribute("aria-label", "Filter by name");
  const choice = document.createElement("select");
  choice.setAttribute("aria-label", "Filter by verdict");
  const verdicts = new Set(rows.flatMap((row) => row.dataset.verdicts.split(" ")));
  for (const verdict of ["any verdict", ...verdicts]) choice.add(new Option(verdict, verdict === "any verdict" ? "" : verdict));
  const count = document.createElement("span");
  count.className = "soft";
  count.setAttribute("role", "status");
  bar.append(field, " ", choice, " ", count);
  table.parentElement.before(bar);

  function filter() {
    const words = field.value.toLowerCase();
    let shown = 0;
    rows.forEach((row, i) => {
      const hit = row.cells[0].textContent.toLowerCase().includes(words)
        && (!choice.value || row.dataset.verdicts.split(" ").includes(choice.value));
      row.hidden = sheets[i].hidden = !hit;
      shown += hit;
    });
    count.textContent = `${shown} of ${rows.length}`;
  }
  field.addEventListener("input", filter);
  choice.addEventListener("change", filter);
  filter();
}

// A link to a student's sheet opens it.
function unfold() {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (target && target.tagName === "DETAILS") {
    target.open = true;
    target.scrollIntoView();
  }
}
addEventListener("hashchange", unfold);
unfold();
