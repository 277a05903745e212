/** The Amazon States Language service, in a bundle of its own: loaded by the first state machine. */
import { getLanguageService, getYamlLanguageService, type LanguageService } from 'amazon-states-language-service';

/** The service for a syntax. */
export function makeService(syntax: 'json' | 'yaml'): LanguageService {
  return syntax === 'json' ? getLanguageService({}) : getYamlLanguageService({});
}
