import { IsIn, IsInt, IsString, Length, Max, Min } from '../../../http/validators';
import { IsVisible } from '../../../http/visible.decorator';
import { type Network, NETWORKS } from '../../../common/network';
import { Omittable } from '../../../http/omittable.decorator';
import { IsTimeZoneName } from '../../../merchants/time-zone.decorator';

const YEAR_SECONDS = 31_536_000;

export class UpdateMerchantDto {
  @Omittable() @IsString() @Length(1, 200) @IsVisible() name?: string;
  @Omittable() @IsIn(NETWORKS) defaultNetwork?: Network;
  @Omittable() @IsInt() @Min(0) @Max(10_000) toleranceBp?: number;
  @Omittable() @IsInt() @Min(0) @Max(YEAR_SECONDS) lateGraceSeconds?: number;
  @Omittable() @IsTimeZoneName() timeZone?: string;
}
