// The date-time picker that LINE opens: nothing before `min`, nothing after `max`.

const FIELDS = { date: "date", time: "time", datetime: "datetime-local" };

/** Ask for a moment; what was chosen as LINE writes it, or null. */
export function pick(dialog, action, { label, range }) {
  const field = dialog.querySelector("input");
  const form = dialog.querySelector("form");
  field.type = FIELDS[action.mode];
  for (const limit of ["min", "max"]) {
    if (action[limit]) field.setAttribute(limit, action[limit]);
    else field.removeAttribute(limit);
  }
  field.value = (action.initial ?? action.min ?? "").replace("t", "T");
  dialog.querySelector("label span").textContent = action.label ?? label;
  const limits = dialog.querySelector(".limits");
  limits.textContent = action.min && action.max ? range(spoken(action.min), spoken(action.max)) : "";
  return new Promise((resolve) => {
    const close = (value) => {
      form.removeEventListener("submit", choose);
      dialog.querySelector("[data-cancel]").removeEventListener("click", cancel);
      dialog.removeEventListener("cancel", cancel);
      dialog.close();
      resolve(value);
    };
    const choose = (event) => { event.preventDefault(); close(field.value); };
    const cancel = () => close(null);
    form.addEventListener("submit", choose);
    dialog.querySelector("[data-cancel]").addEventListener("click", cancel);
    dialog.addEventListener("cancel", cancel);
    dialog.showModal();
  });
}

const spoken = (moment) => moment.replace("T", " ").replaceAll("-", "/");
