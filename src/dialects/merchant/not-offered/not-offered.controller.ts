import { Controller, Get, Post, Put, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Authenticated, Public } from '../../../auth/policy';
import { DomainError } from '../../../common/errors';
import { LeavesBody } from '../../../http/body-presence';
import { MERCHANT_DIALECT } from '../merchant.dialect';
import { NOT_OFFERED, pathsNotOffered } from './not-offered';

/** Programs for shops get a clear answer to what is not offered; strangers get none, but for what programs ask as strangers. */
@Authenticated()
@Controller('api/v0')
export class NotOfferedController {
  @Get(pathsNotOffered('GET'))
  read(@Req() request: FastifyRequest): never {
    throw refusal(request);
  }

  @Get(pathsNotOffered('GET', { toAnybody: true }))
  @Public()
  readByAnybody(@Req() request: FastifyRequest): never {
    throw refusal(request);
  }

  @Post(pathsNotOffered('POST', { toAnybody: true }))
  @Public()
  @LeavesBody()
  createByAnybody(@Req() request: FastifyRequest): never {
    throw refusal(request);
  }

  @Post(pathsNotOffered('POST'))
  @LeavesBody()
  create(@Req() request: FastifyRequest): never {
    throw refusal(request);
  }

  @Put(pathsNotOffered('PUT'))
  @LeavesBody()
  change(@Req() request: FastifyRequest): never {
    throw refusal(request);
  }
}

function refusal({ method, routeOptions }: FastifyRequest): DomainError {
  const path = (routeOptions.url ?? '').slice(MERCHANT_DIALECT.prefix.length);
  const call = NOT_OFFERED.find((each) => each.method === method && each.path === path);
  return new DomainError('not_offered', { detail: `This service does not offer this. ${call?.instead ?? ''}`.trim() });
}
