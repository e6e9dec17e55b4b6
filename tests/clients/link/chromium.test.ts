import { chromium } from "../support/browsers";
import { describeLink } from "./link";

describeLink("Chromium", chromium);
