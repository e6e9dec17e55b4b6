import { createContext, useContext } from "react";
import type { Environment } from "../../api/start";

/** The environment that is open. */
export const EnvironmentContext = createContext<Environment>("demo");

export const useEnvironment = () => useContext(EnvironmentContext);
