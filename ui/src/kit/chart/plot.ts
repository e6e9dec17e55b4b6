/** The chart library, loaded once there is a language it understands. */
import "./language";

export { default } from "uplot";
