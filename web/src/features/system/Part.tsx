import type { ReactNode } from "react";
import { useMe } from "../account/account.query";
import css from "./system.module.css";

/** A part of the page of the system, under its title. */
export function Part({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className={css.sub}>
        {title}
      </h2>
      {children}
    </section>
  );
}

/** Whether one may act on the system, and not only look. */
export function useManages(): boolean {
  const role = useMe().data?.role;
  return role === "administrator" || role === "operator";
}
