"use strict";
// Without this script the table stays in the order of the case names, and says nothing of sorting.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const names = new Intl.Collator("en", { numeric: true });

  const sort = (column) => {
    const head = heads[column];
    const direction = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const value = (row) => row.cells[column].dataset.value;
    const compare = head.classList.contains("number")
      ? (one, other) => Number(value(one)) - Number(value(other))
      : (one, other) => names.compare(value(one), value(other));
    const rows = [...body.rows].sort((one, other) => direction * compare(one, other));
    body.append(...rows);
    heads.forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.append(button);
  });
}
for (const hint of document.querySelectorAll("#how-to-sort")) hint.hidden = false;
