import "./language";

export { default } from "uplot";
