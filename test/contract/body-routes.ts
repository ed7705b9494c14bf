import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { ModulesContainer } from '@nestjs/core';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import { routeHandlers } from '../../src/http/route-handlers';
import type { TestApp } from '../support/app';

/** A route whose handler reads a body into a class, found on the handlers themselves: a new one is found without being named. */
export interface BodyRoute {
  readonly method: string;
  readonly path: string;
  readonly dto: Type;
}

/** What Nest calls a parameter that is read from the body. */
const BODY = '3';

export function bodyRoutes(app: TestApp): BodyRoute[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].map((wrapper) => wrapper.metatype as Type),
  );
  return controllers.flatMap((controller) =>
    routeHandlers(controller).flatMap(({ name, handler }): BodyRoute[] => {
      const dto = dtoOf(controller, name);
      if (dto === undefined) return [];
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod] as string;
      return [Reflect.getMetadata(PATH_METADATA, controller) as string | string[]].flat().map((base) => ({
        method,
        path: `/${base}/${String(Reflect.getMetadata(PATH_METADATA, handler))}`
          .replaceAll(/\/+/g, '/')
          .replace(/\/$/, ''),
        dto,
      }));
    }),
  );
}

function dtoOf(controller: Type, name: string): Type | undefined {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<
    string,
    { readonly index: number; readonly data?: unknown }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, name) ?? []) as Type[];
  for (const [key, { index, data }] of Object.entries(parameters)) {
    if (typeof data === 'function' && isDto(data as Type)) return data as Type;
    const type = key.startsWith(`${BODY}:`) ? types[index] : undefined;
    if (type !== undefined && isDto(type)) return type;
  }
  return undefined;
}

function isDto(type: Type): boolean {
  return membersOf(type).length > 0;
}

export type Path = readonly (string | number)[];

function membersOf(dto: Type): string[] {
  return [
    ...new Set(
      getMetadataStorage()
        .getTargetValidationMetadatas(dto, '', false, false)
        .map(({ propertyName }) => propertyName),
    ),
  ];
}

/** Every member of a class, those of the objects inside it, and the elements of its lists. */
export function pathsOf(dto: Type): Path[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return membersOf(dto).flatMap((name): Path[] => {
    const own = rules.filter(({ propertyName }) => propertyName === name);
    const isList = own.some((rule) => rule.each === true || rule.name === 'isArray');
    const made = own.some(({ type }) => type === 'nestedValidation')
      ? (plainToInstance(dto, { [name]: [{}] }) as Record<string, readonly object[]>)[name]?.[0]
      : undefined;
    const at: Path = isList ? [name, 0] : [name];
    return [
      [name],
      ...(isList ? [at] : []),
      ...(made === undefined ? [] : pathsOf(made.constructor as Type).map((inner) => [...at, ...inner])),
    ];
  });
}
