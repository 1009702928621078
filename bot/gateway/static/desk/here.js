// On pages that follow nothing: while one is open, its person is at the desk.
import { noticeHands } from "./alive.js";

const source = new EventSource("/desk/events");
addEventListener("pagehide", () => source.close());
noticeHands();
