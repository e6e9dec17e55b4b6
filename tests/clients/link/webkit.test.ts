import { webKit } from "../support/browsers";
import { describeLink } from "./link";

describeLink("WebKitGTK", webKit);
