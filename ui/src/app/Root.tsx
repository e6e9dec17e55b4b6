import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { createQueryClient } from "../data/client";
import { Boundary } from "../kit/components/Boundary";
import { surfaces, theme } from "../kit/theme/theme";
import { App } from "./App";

export function Root() {
  const [client] = useState(createQueryClient);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={surfaces} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <Notifications position="bottom-right" autoClose={4000} limit={3} />
        <Boundary what="The window">
          <App />
        </Boundary>
      </QueryClientProvider>
    </MantineProvider>
  );
}
