import { createContext, useContext } from "react";
import type { Environment } from "../../api/environment";

export const EnvironmentContext = createContext<Environment>("demo");

export const useEnvironment = () => useContext(EnvironmentContext);
