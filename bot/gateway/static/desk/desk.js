import { noticeHands } from "./alive.js";
import { workCalls } from "./call.js";
import { show } from "./clock.js";
import { follow } from "./follow.js";
import { listenToKeys } from "./keys.js";
import { keepPresence } from "./presence.js";
import { work } from "./work.js";

show();
setInterval(show, 1000);
listenToKeys();
keepPresence();
noticeHands();
work();
workCalls();
follow();
