import { show } from "./clock.js";
import { follow } from "./follow.js";
import { listenToKeys } from "./keys.js";
import { work } from "./work.js";

show();
setInterval(show, 1000);
listenToKeys();
work();
follow();
