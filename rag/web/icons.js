// Small drawings for buttons; each is decoration beside a label that says the same.

const SPACE = "http://www.w3.org/2000/svg";

const PATHS = {
  up: "M5.500 14V7.500L8.300 2.200c1 0 1.700.8 1.500 1.800L9.400 6.500h3.300c.9 0 1.500.8 1.300 1.700l-1 4.700c-.1.700-.7 1.100-1.400 1.100zM2.500 7.500h3V14h-3z",
  down: "M10.500 2v6.500l-2.800 5.300c-1 0-1.700-.8-1.500-1.800l.4-2.500H3.300c-.9 0-1.500-.8-1.300-1.700l1-4.700c.1-.7.7-1.100 1.400-1.100zM13.500 8.500h-3V2h3z",
  copy: "M5.500 5.500v-3h8v8h-3M2.500 5.500h8v8h-8z",
  again: "M13 8a5 5 0 1 1-1.500-3.500L13 6M13 2.500V6H9.500",
  edit: "M3 13l.6-2.800L10.800 3 13 5.200l-7.200 7.200z",
  left: "M10 3L5 8l5 5",
  right: "M6 3l5 5-5 5",
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  save: "M8 2.500v8M4.800 7.500L8 10.700l3.200-3.200M3 13.500h10",
};

/** One of the drawings, in the colour of the text around it. */
export function icon(name) {
  const drawing = document.createElementNS(SPACE, "svg");
  const attributes = { viewBox: "0 0 16 16", "aria-hidden": "true", class: "icon" };
  for (const [key, value] of Object.entries(attributes)) drawing.setAttribute(key, value);
  const path = document.createElementNS(SPACE, "path");
  path.setAttribute("d", PATHS[name]);
  drawing.append(path);
  return drawing;
}
