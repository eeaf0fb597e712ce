import { type Entity, Store } from './store.ts';

export interface Supplier extends Entity {
  readonly name: string;
  readonly email: string;
  readonly city: string;
  readonly createdAt: Date;
}

const suppliers = new Store<Supplier>();

export function createSupplier(name: string, email: string, city: string): Supplier {
  if (name.trim() === '') {
    throw new Error('A supplier needs a name.');
  }
  return suppliers.insert({ id: crypto.randomUUID(), name: name.trim(), email, city, createdAt: new Date() });
}

export function getSupplier(id: string): Supplier {
  return suppliers.get(id);
}
