// Small ways to make elements.

/** An element with a class and a text. */
export function make(tag, kind = "", text = "") {
  const node = document.createElement(tag);
  if (kind) node.className = kind;
  if (text) node.textContent = text;
  return node;
}

/** Let an element that is no button be used like one. */
export function pressable(node, onPress) {
  if (node.tagName !== "BUTTON") {
    node.setAttribute("role", "button");
    node.tabIndex = 0;
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      onPress();
    });
  }
  node.addEventListener("click", (event) => { event.stopPropagation(); onPress(); });
}
